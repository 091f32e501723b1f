//! `GET /admin/users/export`, `/admin/invites/export` and `/admin/audit/export`: what the lists have, as lines or as a table.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;

use crate::support::{TestApp, User};

on_both_engines!(
    exports_have_the_rows_of_their_lists,
    tables_are_guarded_and_have_names,
    faults_are_reported_before_anything_is_sent,
    roles_are_named_for_readers_of_roles,
);

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The ids of an export, by lines of JSON.
async fn exported(admin: &User, path: &str) -> Vec<String> {
    let answer = admin.get(path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-ndjson")), "{path}");
    lines(answer.text()).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// The ids of a list in this order.
async fn listed(admin: &User, path: &str, name: &str) -> Vec<String> {
    let page = admin.get(path).await.ok();
    page[name].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

async fn exports_have_the_rows_of_their_lists(app: TestApp) {
    let admin = app.admin().await;
    let user = |number: usize| CreateUser::new(format!("user{number:04}@example.com").parse().unwrap());
    app.flows.users().create_users((0..700).map(user).collect::<Vec<_>>()).await.unwrap();
    for number in 0..3 {
        admin.invite(&format!("i{number}@example.com")).await;
    }
    let revoked = admin.invite("revoked@example.com").await;
    admin.delete(&format!("/admin/invites/{}", revoked.id)).await.ok();
    for query in
        ["", "q=user000", "email=user0007@example.com", "email[$ne]=user0650@example.com&created_at[$gt]=2000-01-01"]
    {
        let ids = exported(&admin, &format!("/admin/users/export?{query}")).await;
        assert_eq!(
            ids,
            listed(&admin, &format!("/admin/users?limit=1000&order=created_at&{query}"), "users").await,
            "{query}"
        );
        assert!(!ids.is_empty());
    }
    for query in ["", "state=all", "state=pending", "state[]=revoked&state[]=pending", "q=i1"] {
        let ids = exported(&admin, &format!("/admin/invites/export?{query}")).await;
        assert_eq!(
            ids,
            listed(&admin, &format!("/admin/invites?order=created_at&{query}"), "invites").await,
            "{query}"
        );
    }
    let ids = exported(&admin, "/admin/audit/export?action=invite.created").await;
    assert_eq!(ids, listed(&admin, "/admin/audit?action=invite.created&order=id", "audit_entries").await);
    // An id that begins like the path is one of a user.
    admin.get("/admin/users/exports").await.is_error(404, "not_found", "User with id: exports was not found");
}

async fn tables_are_guarded_and_have_names(app: TestApp) {
    let admin = app.admin().await;
    let mut user = CreateUser::new("ada@example.com".parse().unwrap());
    (user.first_name, user.last_name) = (Some("=1+1".to_owned()), Some("Byron, \"A\"".to_owned()));
    app.flows.users().create_users(user).await.unwrap();
    let answer = admin.get("/admin/users/export?format=csv&email=ada@example.com").await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"users.csv\""));
    let (head, line) = answer.text().split_once("\r\n").unwrap();
    assert!(head.starts_with("\u{feff}id,email,first_name,last_name,roles,second_factor,"), "{head}");
    assert!(line.contains(",ada@example.com,'=1+1,\"Byron, \"\"A\"\"\",,no,"), "{line}");
    let answer = admin.get("/admin/audit/export?format=csv&fields=action,target_id,after").await;
    assert!(answer.text().starts_with("\u{feff}id,action,target_id,after\r\naudit_"), "{}", answer.text());
    assert!(admin.get("/admin/invites/export?format=csv").await.text().starts_with("\u{feff}id,email,state,"));
}

async fn faults_are_reported_before_anything_is_sent(app: TestApp) {
    let admin = app.admin().await;
    for path in ["/admin/users/export", "/admin/invites/export", "/admin/audit/export"] {
        let message = "Invalid value for field 'format': expected 'csv' or 'jsonl'";
        admin.get(&format!("{path}?format=xlsx")).await.is_invalid(message);
        for unknown in ["limit", "offset", "after", "order", "count"] {
            let message = format!("Unrecognized fields: '{unknown}'");
            admin.get(&format!("{path}?{unknown}=1")).await.is_invalid(&message);
        }
    }
}

async fn roles_are_named_for_readers_of_roles(app: TestApp) {
    let admin = app.admin().await;
    let roles = async |reader: &User| {
        let answer = reader.get(&format!("/admin/users/export?id={}", admin.id)).await;
        lines(answer.text())[0]["roles"].clone()
    };
    assert_eq!(roles(&admin).await, json!(["Super Admin"]));
    let reader = app.user_who_may("reader@example.com", &["user:read"]).await;
    assert_eq!(roles(&reader).await, json!([]));
}
