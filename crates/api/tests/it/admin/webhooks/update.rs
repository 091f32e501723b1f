//! `POST /admin/webhooks/{id}`

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::{NO_WEBHOOK, URL, not_found};
use crate::support::TestApp;

on_both_engines!(
    update_changes_only_the_fields_that_are_sent,
    a_webhook_is_disabled_and_enabled,
    update_with_invalid_fields_is_refused
);

async fn update_changes_only_the_fields_that_are_sent(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let mut expected = admin.get(&webhook.path).await.ok()["webhook"].clone();
    for (body, field, value) in [
        (json!({ "url": "https://hooks.example.com/b" }), "url", json!("https://hooks.example.com/b")),
        (json!({ "events": ["user.created", "user.created"] }), "events", json!(["user.created"])),
        (json!({ "description": "Office" }), "description", json!("Office")),
        (json!({ "includes_secrets": true }), "includes_secrets", json!(true)),
        (json!({ "includes_secrets": false }), "includes_secrets", json!(false)),
        (json!({}), "description", json!("Office")),
        (json!({ "description": null }), "description", json!(null)),
    ] {
        app.clock.advance(Duration::from_secs(1));
        expected[field] = value;
        expected["updated_at"] = app.clock_text().into();
        let changed = admin.post(&webhook.path, body.clone()).await;
        changed.is(200, &json!({ "webhook": expected }));
        admin.get(&webhook.path).await.is(200, &json!({ "webhook": expected }));
    }
    let entries = app.audited("webhook.updated").await;
    assert_eq!(entries.len(), 7);
    let (before, after) = (&entries[0]["before"], &entries[0]["after"]);
    assert_eq!((&before["url"], &after["url"]), (&json!(URL), &json!("https://hooks.example.com/b")));
    assert_eq!((&entries[0]["actor_id"], &entries[0]["target_id"]), (&json!(admin.id), &json!(webhook.id)));
}

async fn a_webhook_is_disabled_and_enabled(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let set = async |disabled: bool| -> Json {
        app.clock.advance(Duration::from_secs(60));
        let body = json!({ "disabled": disabled });
        admin.post(&webhook.path, body).await.ok()["webhook"]["disabled_at"].clone()
    };
    assert_eq!(set(false).await, json!(null));
    let since = set(true).await;
    assert_eq!(since, json!(app.clock_text()));
    assert_eq!(set(true).await, since);
    assert_eq!(set(false).await, json!(null));
    let entries = app.audited("webhook.updated").await;
    let change = |entry: &Json| (entry["before"]["disabled"].clone(), entry["after"]["disabled"].clone());
    assert_eq!(change(&entries[1]), (json!(false), json!(true)));
}

async fn update_with_invalid_fields_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let before = admin.get(&webhook.path).await.ok();
    for (body, reasons) in [
        (json!({ "url": null }), "Expected type: 'string' for field 'url', got: 'null'"),
        (json!({ "events": null }), "Expected type: 'array' for field 'events', got: 'null'"),
        (json!({ "disabled": null }), "Expected type: 'boolean' for field 'disabled', got: 'null'"),
        (json!({ "disabled": "yes" }), "Expected type: 'boolean' for field 'disabled', got: 'yes'"),
        (json!({ "includes_secrets": 1 }), "Expected type: 'boolean' for field 'includes_secrets', got: '1'"),
        (json!({ "description": 1 }), "Expected type: 'string' for field 'description', got: '1'"),
        (json!({ "disabled_at": null }), "Unrecognized fields: 'disabled_at'"),
        (json!({ "secret": "whsec_x", "created_by": "x" }), "Unrecognized fields: 'created_by, secret'"),
    ] {
        admin.post(&webhook.path, body).await.is_invalid(reasons);
    }
    for (body, code) in [
        (json!({ "url": "nosuch" }), "invalid_url"),
        (json!({ "events": [] }), "invalid_events"),
        (json!({ "description": "New", "events": ["x"] }), "invalid_events"),
    ] {
        let refused = admin.post(&webhook.path, body).await;
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!(code)));
    }
    for id in [NO_WEBHOOK, "nosuch"] {
        let body = json!({ "description": "New" });
        admin.post(&format!("/admin/webhooks/{id}"), body).await.is_error(404, "not_found", &not_found(id));
    }
    assert_eq!(admin.get(&webhook.path).await.ok(), before);
    assert!(app.audited("webhook.updated").await.is_empty());
}
