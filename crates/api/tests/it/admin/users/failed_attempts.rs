//! `/admin/users/{id}/failed-attempts`

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(failed_attempts_are_listed_and_cleared, each_route_requires_its_policy);

/// security.md 11
async fn failed_attempts_are_listed_and_cleared(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/admin/users/{}/failed-attempts", ada.id);
    let attempts = |failed: u32, forgotten_at: Option<String>, blocked: bool| json!({ "failed_attempts": { "failed": failed, "most": 10, "forgotten_at": forgotten_at, "blocked": blocked } });
    admin.get(&path).await.is(200, &attempts(0, None, false));
    for _ in 0..10 {
        drop(app.flows.auth().count_attempt("ada@example.com").await.unwrap());
    }
    admin.get(&path).await.is(200, &attempts(10, Some("2026-11-22T09:45:00.000Z".to_owned()), true));
    let cleared = json!({ "id": ada.id, "object": "failed_attempts", "deleted": true });
    admin.delete(&path).await.is(200, &cleared);
    admin.get(&path).await.is(200, &attempts(0, None, false));
    drop(app.flows.auth().count_attempt("ada@example.com").await.unwrap());
    app.clock.advance(Duration::from_secs(15 * 60));
    admin.get(&path).await.is(200, &attempts(0, None, false));
    let missing = "/admin/users/user_nosuch/failed-attempts";
    let message = "User with id: user_nosuch was not found";
    admin.get(missing).await.is_error(404, "not_found", message);
    admin.delete(missing).await.is_error(404, "not_found", message);
}

/// security.md 25
async fn each_route_requires_its_policy(app: TestApp) {
    let ada = app.user_with("ada@example.com", &[]).await;
    let reader = app.limited("reader@example.com", &["user:read"]).await;
    let helper = app.limited("helper@example.com", &["user:update"]).await;
    let path = format!("/admin/users/{}/failed-attempts", ada.id);
    let lacking = |policy: &str| format!("Insufficient permissions. Required policies: {policy}");
    reader.get(&path).await.ok();
    reader.delete(&path).await.is_error(403, "forbidden", &lacking("user:update"));
    helper.delete(&path).await.ok();
    helper.get(&path).await.is_error(403, "forbidden", &lacking("user:read"));
}
