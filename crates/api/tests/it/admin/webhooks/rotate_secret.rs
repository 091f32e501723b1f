//! `POST /admin/webhooks/{id}/rotate-secret`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::{NO_WEBHOOK, URL, not_found};
use crate::support::{MadeWebhook, TestApp};

on_both_engines!(a_secret_is_rotated, rotate_with_invalid_fields_is_refused);

async fn a_secret_is_rotated(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let path = format!("{}/rotate-secret", webhook.path);
    let mut secrets = vec![webhook.secret.clone()];
    let a_day_later = "2026-11-23T09:30:00.000Z";
    for (body, until) in [
        (json!({}), json!(a_day_later)),
        (json!({ "at_once": true }), json!(null)),
        (json!({ "at_once": false }), json!(a_day_later)),
        (json!({ "at_once": null }), json!(a_day_later)),
    ] {
        let rotated = admin.post(&path, body).await.ok()["webhook"].clone();
        assert_eq!(rotated["previous_secret_until"], until);
        assert_eq!(MadeWebhook::of(&rotated).id, webhook.id);
        secrets.push(MadeWebhook::of(&rotated).secret);
    }
    // Also without a body.
    secrets.push(MadeWebhook::of(&admin.post_nothing(&path).await.ok()["webhook"]).secret);
    assert!(secrets.iter().all(|secret| secret.starts_with("whsec_")), "{secrets:?}");
    secrets.sort();
    secrets.dedup();
    assert_eq!(secrets.len(), 6);
    let entries = app.audited("webhook.secret_rotated").await;
    assert_eq!((entries.len(), &entries[0]["target_id"]), (5, &json!(webhook.id)));
}

async fn rotate_with_invalid_fields_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let path = format!("{}/rotate-secret", webhook.path);
    let got = "Expected type: 'boolean' for field 'at_once', got: '1'";
    admin.post(&path, json!({ "at_once": 1 })).await.is_invalid(got);
    admin.post(&path, json!({ "secret": "x" })).await.is_invalid("Unrecognized fields: 'secret'");
    let query = format!("{path}?at_once=true");
    admin.post(&query, json!({})).await.is_invalid("Unrecognized fields: 'at_once'");
    for id in [NO_WEBHOOK, "nosuch"] {
        let path = format!("/admin/webhooks/{id}/rotate-secret");
        admin.post(&path, json!({})).await.is_error(404, "not_found", &not_found(id));
    }
    assert!(app.audited("webhook.secret_rotated").await.is_empty());
}
