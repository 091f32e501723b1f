//! `DELETE /admin/webhooks/{id}`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::{NO_WEBHOOK, URL, not_found};
use crate::support::TestApp;

on_both_engines!(a_webhook_is_deleted);

async fn a_webhook_is_deleted(app: TestApp) {
    let admin = app.admin().await;
    let (webhook, other) = (admin.webhook(URL).await, admin.webhook(URL).await);
    let gone = admin.delete(&webhook.path).await;
    gone.is(200, &json!({ "id": webhook.id, "object": "webhook", "deleted": true }));
    for answer in [
        admin.delete(&webhook.path).await,
        admin.get(&webhook.path).await,
        admin.post(&webhook.path, json!({ "disabled": false })).await,
        admin.post(&format!("{}/rotate-secret", webhook.path), json!({})).await,
        admin.post_nothing(&format!("{}/test", webhook.path)).await,
        admin.get(&format!("{}/deliveries", webhook.path)).await,
    ] {
        answer.is_error(404, "not_found", &not_found(&webhook.id));
    }
    for id in [NO_WEBHOOK, "nosuch"] {
        admin.delete(&format!("/admin/webhooks/{id}")).await.is_error(404, "not_found", &not_found(id));
    }
    let listed = admin.get("/admin/webhooks").await.ok();
    assert_eq!((&listed["count"], &listed["webhooks"][0]["id"]), (&json!(1), &json!(other.id)));
    let entries = app.audited("webhook.deleted").await;
    assert_eq!(entries.len(), 1);
    assert_eq!((&entries[0]["target_id"], &entries[0]["before"]["url"]), (&json!(webhook.id), &json!(URL)));
    assert_eq!(entries[0]["after"], json!(null));
}
