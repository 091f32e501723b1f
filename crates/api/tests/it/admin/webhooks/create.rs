//! `POST /admin/webhooks`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::URL;
use crate::support::TestApp;

on_both_engines!(a_webhook_is_created, an_api_key_creates_a_webhook, create_with_invalid_fields_returns_400);

async fn a_webhook_is_created(app: TestApp) {
    let admin = app.admin().await;
    let body = json!({
        "url": "HTTPS://Hooks.Example.com:443/a?b=c",
        "events": ["user.*", "invite.accepted", "user.*"],
        "description": "For the office",
    });
    let made = admin.post("/admin/webhooks", body).await.ok()["webhook"].clone();
    assert!(
        made["id"].as_str().unwrap().starts_with("whep_") && made["secret"].as_str().unwrap().starts_with("whsec_")
    );
    assert_eq!(
        made,
        json!({
            "id": made["id"],
            "secret": made["secret"],
            "url": "https://hooks.example.com/a?b=c",
            "events": ["user.*", "invite.accepted"],
            "description": "For the office",
            "includes_secrets": false,
            "disabled_at": null,
            "disabled_reason": null,
            "previous_secret_until": null,
            "created_by": admin.id,
            "created_at": app.clock_text(),
            "updated_at": app.clock_text(),
        })
    );
    let other = admin.webhook(URL).await;
    assert_ne!(made["secret"], other.secret);
    let entries = app.audited("webhook.created").await;
    assert_eq!(entries.len(), 2);
    assert_eq!((&entries[0]["actor_id"], &entries[0]["target_id"]), (&json!(admin.id), &made["id"]));
    assert_eq!((&entries[0]["target_type"], &entries[0]["before"]), (&json!("webhook"), &json!(null)));
    assert_eq!(entries[0]["after"]["url"], made["url"]);
}

async fn an_api_key_creates_a_webhook(app: TestApp) {
    let admin = app.admin().await;
    let role = app.role_of("Hooks", &["webhook:create", "webhook:read"]).await;
    let key = admin.api_key("CI", Some(&[&role])).await;
    let body = json!({ "url": URL, "events": ["*"], "description": null, "includes_secrets": null });
    let made = app.basic(&key.token).post("/admin/webhooks", body).await.ok()["webhook"].clone();
    assert_eq!((&made["created_by"], &made["description"]), (&json!(key.id), &json!(null)));
}

async fn create_with_invalid_fields_returns_400(app: TestApp) {
    let admin = app.admin().await;
    for (body, reasons) in [
        (json!({}), "Field 'url' is required; Field 'events' is required"),
        (json!({ "url": "", "events": ["*"] }), "Value for field 'url' too small, expected at least: '1'"),
        (json!({ "url": 5, "events": ["*"] }), "Expected type: 'string' for field 'url', got: '5'"),
        (json!({ "url": URL, "events": "*" }), "Expected type: 'array' for field 'events', got: '*'"),
        (json!({ "url": URL, "events": [1] }), "Field 'events, 0' is required"),
        (
            json!({ "url": URL, "events": ["*"], "description": "x".repeat(501) }),
            "Value for field 'description' too big, expected at most: '500 characters'",
        ),
        (
            json!({ "url": URL, "events": ["*"], "includes_secrets": "true" }),
            "Expected type: 'boolean' for field 'includes_secrets', got: 'true'",
        ),
        (json!({ "url": URL, "events": ["*"], "secret": "whsec_x" }), "Unrecognized fields: 'secret'"),
        (json!({ "url": URL, "events": ["*"], "id": "whep_x" }), "Unrecognized fields: 'id'"),
        (json!({ "url": URL, "events": ["*"], "disabled": true }), "Unrecognized fields: 'disabled'"),
    ] {
        admin.post("/admin/webhooks", body).await.is_invalid(reasons);
    }
    let good = json!({ "url": URL, "events": ["*"] });
    admin.post("/admin/webhooks?fields=id", good).await.is_invalid("Unrecognized fields: 'fields'");
    for (url, events, code) in [
        ("hooks.example.com", json!(["*"]), "invalid_url"),
        ("ftp://hooks.example.com", json!(["*"]), "invalid_url"),
        ("https://", json!(["*"]), "invalid_url"),
        ("https://ann:secret@hooks.example.com", json!(["*"]), "invalid_url"),
        ("https://hooks.example.com/#a", json!(["*"]), "invalid_url"),
        ("https://hooks.example.com/a b", json!(["*"]), "invalid_url"),
        (URL, json!([]), "invalid_events"),
        (URL, json!(["user"]), "invalid_events"),
        (URL, json!(["User.Created"]), "invalid_events"),
        (URL, json!(["*", "us*.created"]), "invalid_events"),
        (URL, json!((0..101).map(|number| format!("a.b{number}")).collect::<Vec<_>>()), "invalid_events"),
    ] {
        let refused = admin.post("/admin/webhooks", json!({ "url": url, "events": events })).await;
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!(code)), "{url} {}", refused.text());
        assert!(!refused.text().contains("ann:secret"), "{}", refused.text());
    }
    assert_eq!(admin.get("/admin/webhooks").await.ok()["count"], 0);
    assert!(app.audited("webhook.created").await.is_empty());
}
