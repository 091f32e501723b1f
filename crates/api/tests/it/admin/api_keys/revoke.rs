//! `POST /admin/api-keys/{id}/revoke`, `DELETE /admin/api-keys/{id}`

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_database::Migrations;
use vestibule_testing::{SetUp, TestDatabase, on_both_engines};

use crate::support::TestApp;

on_both_engines!(
    a_revoked_key_is_refused_by_every_process,
    revocation_can_be_scheduled_and_brought_forward,
    invalid_revocation_returns_400,
    an_api_key_is_deleted_only_after_its_revocation,
);

/// Two processes on one database.
struct Two {
    app: TestApp,
    other: TestApp,
}

impl SetUp for Two {
    const TABLES: &[Migrations] = TestApp::TABLES;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let app = TestApp::on(&place).open().await;
        let other = TestApp::on(&place).beside(&app).open().await;
        Self { app, other }
    }
}

/// security.md 21
async fn a_revoked_key_is_refused_by_every_process(Two { app, other }: Two) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    let clients = [app.basic(&key.token), app.bearer(&key.token), other.basic(&key.token), other.bearer(&key.token)];
    for client in &clients {
        client.get("/admin/users").await.ok();
    }
    let revoked = admin.post_nothing(&format!("/admin/api-keys/{}/revoke", key.id)).await.ok();
    let returned = &revoked["api_key"];
    assert_eq!((&returned["revoked_at"], &returned["revoked_by"]), (&json!(app.clock_text()), &json!(admin.id)));
    for client in &clients {
        client.get("/admin/users").await.is_unauthorized();
    }
    admin.post(&format!("/admin/api-keys/{}", key.id), json!({ "title": "gone" })).await.ok();
}

async fn revocation_can_be_scheduled_and_brought_forward(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    let path = format!("/admin/api-keys/{}/revoke", key.id);
    let already = "There are 1 secret keys that are already revoked.";
    admin.post(&path, json!({ "revoke_in": 60 })).await.ok();
    admin.post(&path, json!({ "revoke_in": 90 })).await.is_coded(400, "invalid_data", "api_key_revoked", already);
    app.clock.advance(Duration::from_secs(29));
    app.basic(&key.token).get("/admin/users").await.ok();
    admin.post(&path, json!({ "revoke_in": 1 })).await.ok();
    app.clock.advance(Duration::from_secs(1));
    app.basic(&key.token).get("/admin/users").await.is_unauthorized();
    for body in [json!({}), json!({ "revoke_in": null }), json!({ "revoke_in": 0 }), json!({ "revoke_in": 5 })] {
        admin.post(&path, body).await.is_coded(400, "invalid_data", "api_key_revoked", already);
    }
    let other = admin.api_key("other", None).await;
    admin.post(&format!("/admin/api-keys/{}/revoke", other.id), json!({ "revoke_in": -5 })).await.ok();
    app.basic(&other.token).get("/admin/users").await.is_unauthorized();
}

async fn invalid_revocation_returns_400(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    for (body, reasons) in [
        (json!({ "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "revoke_in": "x" }), "Expected type: 'number' for field 'revoke_in', got: 'x'"),
        (json!({ "revoke_in": 1e300 }), "Value for field 'revoke_in' too big, expected at most: '31622400'"),
    ] {
        admin.post(&format!("/admin/api-keys/{}/revoke", key.id), body).await.is_invalid(reasons);
    }
    app.basic(&key.token).get("/admin/users").await.ok();
}

async fn an_api_key_is_deleted_only_after_its_revocation(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    let path = format!("/admin/api-keys/{}", key.id);
    let message = format!("Cannot delete api keys that are not revoked - {}", key.id);
    admin.delete(&path).await.is_coded(400, "not_allowed", "api_key_not_revoked", &message);
    app.basic(&key.token).get("/admin/users").await.ok();
    admin.post_nothing(&format!("{path}/revoke")).await.ok();
    for _ in 0..2 {
        admin.delete(&path).await.is(200, &json!({ "id": key.id, "object": "api_key", "deleted": true }));
    }
    let gone = format!("API Key with id: {} was not found", key.id);
    admin.get(&path).await.is_error(404, "not_found", &gone);
    assert_eq!(admin.get("/admin/api-keys").await.ok()["count"], 0);
    app.basic(&key.token).get("/admin/users").await.is_unauthorized();
}
