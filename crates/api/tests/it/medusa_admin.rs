//! The Medusa Admin's requests beside users, invites and API keys: answered in the reference's form where the setting
//! enables them, and unknown otherwise.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_api::routes::{MEDUSA_ADMIN_ROUTES, ROUTES};
use vestibule_rbac::{CreateRole, RoleId};
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::TestApp;

on_both_engines!(refused_invite_is_the_400_whose_message_the_admin_shows,);

async fn app_for_the_admin() -> TestApp {
    TestApp::on(&Arc::new(TestDatabase::sqlite())).medusa_admin().open().await
}

fn path(path: &str) -> String {
    path.replace("{layout}", "user.list")
}

#[tokio::test]
async fn medusa_admin_routes_are_off_by_default() {
    let app = TestApp::sqlite().await;
    let admin = app.admin().await;
    for route in MEDUSA_ADMIN_ROUTES {
        assert_eq!(admin.get(&path(route.path)).await.status, 404, "{}", route.path);
        assert!(!ROUTES.contains(route));
    }
}

#[tokio::test]
async fn medusa_admin_routes_answer_in_the_form_of_the_reference() {
    let app = app_for_the_admin().await;
    let admin = app.admin().await;
    let stores = admin.get("/admin/stores").await.ok();
    assert_eq!(stores["count"], 1);
    assert_eq!(stores["stores"][0]["name"], "Vestibule");
    assert_eq!(stores["stores"][0]["supported_currencies"], json!([]));
    let page = |name: &str, limit: u64| json!({ name: [], "count": 0, "offset": 0, "limit": limit });
    let orders = "/admin/orders?fields=id%2C%2Acustomer&limit=20&offset=0&order=-created_at";
    assert_eq!(admin.get(orders).await.ok(), page("orders", 20));
    assert_eq!(admin.get("/admin/regions?limit=1000&fields=id%2Cname").await.ok(), page("regions", 1_000));
    assert_eq!(admin.get("/admin/sales-channels").await.ok(), page("sales_channels", 50));
    assert_eq!(admin.get("/admin/notifications?limit=1").await.ok(), page("notifications", 1));
    assert_eq!(admin.get("/admin/layouts/configurations?limit=1").await.ok(), page("layout_configurations", 1));
    let layout = json!({ "personal_configuration": null, "default_configuration": null, "active_scope": "default" });
    assert_eq!(admin.get("/admin/layouts/user.list/configuration").await.ok(), layout);
    assert_eq!(admin.get("/admin/search-indexes").await.ok()["search_indexes"], json!([]));
    // Before sign-in.
    let flags = app.anonymous().get("/admin/feature-flags").await.ok();
    assert!(flags["feature_flags"].as_object().unwrap().values().all(|flag| *flag == json!(false)));
    assert_eq!(app.anonymous().get("/cloud/auth").await.ok(), json!({ "enabled": false }));
}

/// security.md 25
#[tokio::test]
async fn medusa_admin_routes_are_closed_to_callers_without_a_session() {
    let app = app_for_the_admin().await;
    let public = ["/admin/feature-flags", "/cloud/auth"];
    for route in MEDUSA_ADMIN_ROUTES.iter().filter(|route| !public.contains(&route.path)) {
        assert_eq!(app.anonymous().get(&path(route.path)).await.status, 401, "{}", route.path);
    }
}

/// security.md 18: enrolment happens on the Admin's profile page, which requests these first.
#[tokio::test]
async fn medusa_admin_routes_answer_a_user_who_must_set_up_a_second_factor() {
    let app = app_for_the_admin().await;
    let ada = app.user("ada@example.com").await;
    let mut role = CreateRole::new("Careful");
    role.requires_mfa = true;
    let role = app.flows.rbac().create_rbac_roles(role).await.unwrap();
    app.flows.rbac().assign_roles(&ada.id, &[role.id, RoleId::super_admin()]).await.unwrap();
    assert_eq!(ada.get("/admin/users").await.status, 403);
    for route in MEDUSA_ADMIN_ROUTES {
        ada.get(&path(route.path)).await.ok();
    }
    ada.get("/admin/users/me").await.ok();
}

/// The Admin's form for a new invite ignores every other status; the audit log records the refusals all the same.
async fn refused_invite_is_the_400_whose_message_the_admin_shows(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).medusa_admin().open().await;
    let admin = app.admin().await;
    let reader = app.user_with_policies("reader@example.com", &["invite:read"]).await;
    let invite = json!({ "email": "new@example.com" });
    for path in ["/admin/invites", "/admin/invites/"] {
        let refused = reader.post(path, invite.clone()).await;
        refused.is_error(400, "not_allowed", "Insufficient permissions. Required policies: invite:create");
    }
    assert_eq!(app.audited("request.refused").await.len(), 2);
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let refused = admin.post("/admin/invites", invite).await;
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("fresh_proof_required")));
    assert!(refused.json()["message"].as_str().unwrap().contains("Sign in again"), "{}", refused.text());
    // Other refusals keep their status.
    assert_eq!(reader.post("/admin/users", json!({ "email": "new@example.com" })).await.status, 403);
    assert_eq!(app.anonymous().post("/admin/invites", json!({})).await.status, 401);
}
