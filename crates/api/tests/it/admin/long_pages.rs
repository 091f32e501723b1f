//! Pages of more than 50 rows, which are read and written in batches.

use serde_json::{Map, Value as Json, json};
use vestibule_core::Metadata;
use vestibule_flows::{Context, NewInvite};
use vestibule_rbac::{CreatePolicy, CreateRole};
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;

use crate::support::{TestApp, User};

on_both_engines!(
    a_long_page_equals_its_short_pages,
    no_page_has_more_than_a_thousand_rows,
    every_list_caps_the_limit_at_a_thousand,
);

fn metadata(number: usize) -> Metadata {
    let fields = json!({ "number": number, "text": "\u{e4}\"\\" });
    Metadata::new(fields.as_object().unwrap().clone()).unwrap()
}

fn new_users(count: usize) -> Vec<CreateUser> {
    let person = |number: usize| {
        let mut user = CreateUser::new(format!("user{number:04}@example.com").parse().unwrap());
        user.metadata = Some(metadata(number));
        user
    };
    (0..count).map(person).collect()
}

/// All rows of a list, once 50 at a time and once as one page, which must be equal.
async fn paged_and_whole(admin: &User, path: &str, name: &str) -> Vec<Json> {
    let mut rows: Vec<Json> = Vec::new();
    loop {
        let page = admin.get(&format!("{path}limit=50&offset={}", rows.len())).await.ok();
        let part = page[name].as_array().unwrap();
        rows.extend(part.iter().cloned());
        if part.is_empty() {
            break;
        }
    }
    let long = admin.get(&format!("{path}limit=1000")).await.ok();
    let expected: Map<_, _> = [
        (name.to_owned(), json!(rows)),
        ("count".to_owned(), json!(rows.len())),
        ("offset".to_owned(), json!(0)),
        ("limit".to_owned(), json!(1_000)),
    ]
    .into_iter()
    .collect();
    assert_eq!(long, Json::Object(expected), "{path}");
    rows
}

async fn a_long_page_equals_its_short_pages(app: TestApp) {
    let admin = app.admin().await;
    let users = app.flows.users().create_users(new_users(70)).await.unwrap();
    let rbac = app.flows.rbac();
    let roles =
        (0..60).map(|number| CreateRole { metadata: Some(metadata(number)), ..CreateRole::new(format!("R{number}")) });
    let roles = rbac.create_rbac_roles(roles.collect::<Vec<_>>()).await.unwrap();
    let policy = |number| CreatePolicy {
        metadata: Some(metadata(number)),
        ..CreatePolicy::new(&format!("thing{number}"), "read")
    };
    rbac.create_rbac_policies((0..60).map(policy).collect::<Vec<_>>()).await.unwrap();
    let ids: Vec<_> = users.iter().map(|user| user.id).collect();
    app.flows.assign_role_to_users(&roles[0].id, &ids, &Context::operator()).await.unwrap();
    for number in 0..60 {
        let mut invite = NewInvite::new(format!("guest{number}@example.com").parse().unwrap());
        invite.metadata = Some(metadata(number));
        app.flows.invite(&invite, &Context::operator()).await.unwrap();
    }
    let role = &roles[0].id;
    for (path, name, least) in [
        ("/admin/users?", "users", 71),
        ("/admin/users?order=-email&fields=email,metadata&", "users", 71),
        ("/admin/users?fields=%2Brbac_roles.name&q=user00&", "users", 70),
        ("/admin/users?with_deleted=true&", "users", 71),
        ("/admin/invites?order=email&", "invites", 60),
        ("/admin/rbac/roles?order=name&", "roles", 60),
        ("/admin/rbac/roles?fields=*policies&", "roles", 60),
        ("/admin/rbac/policies?", "policies", 60),
        (&format!("/admin/rbac/roles/{role}/users?"), "users", 70),
    ] {
        assert!(paged_and_whole(&admin, path, name).await.len() >= least, "{path}");
    }
    // Also fields that only some callers may see (security.md 37).
    let reader = app.user_with_policies("reader@example.com", &["invite:read"]).await;
    let invites = paged_and_whole(&reader, "/admin/invites?", "invites").await;
    assert!(invites.len() >= 60 && invites.iter().all(|invite| invite["token"].is_null()));
    let nothing = admin.get("/admin/users?limit=1000&email=nobody@example.com").await.ok();
    assert_eq!(nothing, json!({ "users": [], "count": 0, "offset": 0, "limit": 1_000 }));
}

async fn no_page_has_more_than_a_thousand_rows(app: TestApp) {
    let admin = app.admin().await;
    app.flows.users().create_users(new_users(1_010)).await.unwrap();
    for limit in ["1001", "1000000000"] {
        let page = admin.get(&format!("/admin/users?fields=id&limit={limit}")).await.ok();
        assert_eq!((page["users"].as_array().unwrap().len(), &page["count"]), (1_000, &json!(1_011)), "{limit}");
        assert_eq!(page["limit"], 1_000);
    }
    let rest = admin.get("/admin/users?fields=id&limit=1000&offset=1000").await.ok();
    assert_eq!((rest["users"].as_array().unwrap().len(), &rest["count"]), (11, &json!(1_011)));
}

async fn every_list_caps_the_limit_at_a_thousand(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook("https://hooks.example.com").await.id;
    let policies = admin.get("/admin/rbac/policies?limit=1").await.ok();
    let policy = policies["policies"][0]["id"].as_str().unwrap();
    for path in [
        "/admin/users",
        "/admin/invites",
        "/admin/rbac/roles",
        "/admin/rbac/roles/assignable",
        "/admin/rbac/policies",
        "/admin/rbac/policies/assignable",
        "/admin/audit",
        "/admin/api-keys",
        "/admin/webhooks",
        "/admin/deliveries",
        "/auth/sessions",
        &format!("/admin/users/{}/sessions", admin.id),
        &format!("/admin/users/{}/roles", admin.id),
        "/admin/rbac/roles/role_super_admin/users",
        &format!("/admin/rbac/policies/{policy}/roles"),
        &format!("/admin/webhooks/{webhook}/deliveries"),
    ] {
        for (limit, effective) in [("7", 7), ("1000", 1_000), ("1000000000", 1_000)] {
            let page = admin.get(&format!("{path}?limit={limit}")).await.ok();
            assert_eq!(page["limit"], effective, "{path}?limit={limit}");
        }
    }
}
