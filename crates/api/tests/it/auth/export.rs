//! `GET /auth/export`

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    a_user_gets_what_is_stored_of_them,
    what_is_about_others_is_left_out,
    a_session_left_open_is_not_enough,
);

async fn a_user_gets_what_is_stored_of_them(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.enrol(&ada).await;
    ada.post("/admin/api-keys", json!({ "title": "Shop", "type": "secret" })).await.ok();
    let answer = ada.get("/auth/export").await;
    let export = answer.ok();
    assert_eq!(export["exported_at"], json!(app.clock_text()));
    assert_eq!(export["user"]["email"], "ada@example.com");
    assert_eq!(export["roles"], json!(["role_super_admin"]));
    assert_eq!(export["identities"][0]["provider"], "emailpass");
    assert_eq!(export["factors"][0]["provider"], "totp");
    assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(export["api_keys"][0]["title"], "Shop");
    let actions: Vec<_> = export["audit_entries"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert!(
        actions.contains(&&json!("session.started")) && actions.contains(&&json!("api_key.created")),
        "{actions:?}"
    );
    let text = answer.text();
    for secret in ["argon2", "secret", "provider_metadata\":{\"password"] {
        assert!(!text.contains(&format!("\"{secret}")), "{secret}: {text}");
    }
    assert!(answer.header("content-disposition").unwrap().contains("account.json"));
}

/// security.md 37
async fn what_is_about_others_is_left_out(app: TestApp) {
    let (ada, bob) = (app.user("ada@example.com").await, app.user("bob@example.com").await);
    let id = bob.get("/admin/users/me").await.ok()["user"]["id"].as_str().unwrap().to_owned();
    ada.post(&format!("/admin/users/{id}"), json!({ "first_name": "Robert" }))
        .header("user-agent", "Ada's browser")
        .await
        .ok();
    let of_ada = ada.get("/auth/export").await.ok();
    let entry = &of_ada["audit_entries"][0];
    assert_eq!((&entry["action"], &entry["after"]), (&json!("user.updated"), &json!(null)), "{of_ada:#}");
    assert_eq!(entry["user_agent"], "Ada's browser");
    let of_bob = bob.get("/auth/export").await.ok();
    let entry = &of_bob["audit_entries"][0];
    assert_eq!((&entry["action"], &entry["after"]["first_name"]), (&json!("user.updated"), &json!("Robert")));
    assert_eq!((&entry["user_agent"], &entry["address"]), (&json!(null), &json!(null)));
    assert!(!of_bob.to_string().contains("ada@example.com"), "{of_bob:#}");
}

/// security.md 20
async fn a_session_left_open_is_not_enough(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let refused = ada.get("/auth/export").await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("fresh_proof_required")));
    ada.post("/auth/proof", json!({ "password": PASSWORD })).await.ok();
    ada.get("/auth/export").await.ok();
    assert_eq!(app.anonymous().get("/auth/export").await.status, 401);
}
