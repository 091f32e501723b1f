//! `POST /admin/webhooks/{id}/test`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::{NO_WEBHOOK, URL, not_found};
use crate::support::TestApp;

on_both_engines!(an_event_is_sent_to_one_webhook);

async fn an_event_is_sent_to_one_webhook(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let path = format!("{}/test", webhook.path);
    let tested = admin.post_nothing(&path).await.ok();
    assert!(tested["event_id"].as_str().unwrap().starts_with("event_"));
    assert_eq!(tested.as_object().unwrap().len(), 1);
    let events = admin.get("/admin/events").await.ok()["events"].clone();
    let event = events.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&event["id"], &event["name"]), (&tested["event_id"], &json!("webhook.test")));
    assert_eq!((&event["subject"], &event["data"]), (&json!(webhook.id), &json!({ "id": webhook.id })));
    assert_eq!(app.audited("webhook.tested").await[0]["target_id"], webhook.id);

    admin.post_nothing(&format!("{path}?x=1")).await.is_invalid("Unrecognized fields: 'x'");
    for id in [NO_WEBHOOK, "nosuch"] {
        let nowhere = format!("/admin/webhooks/{id}/test");
        admin.post_nothing(&nowhere).await.is_error(404, "not_found", &not_found(id));
    }
    admin.post(&webhook.path, json!({ "disabled": true })).await.ok();
    let message = "This webhook is disabled: enable it first";
    admin.post_nothing(&path).await.is_coded(400, "not_allowed", "webhook_disabled", message);
    assert_eq!((app.events("webhook.test").await.len(), app.audited("webhook.tested").await.len()), (1, 1));
}
