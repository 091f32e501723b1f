//! A webhook's own secret, and the secrets that events may contain.

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::URL;
use crate::support::{Answer, MadeWebhook, Sink, TestApp};

on_both_engines!(a_secret_is_returned_once, callers_without_all_permissions_cannot_include_secrets);

/// security.md 31
async fn a_secret_is_returned_once(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let path = |rest: &str| format!("{}{rest}", webhook.path);
    let rotated = admin.post(&path("/rotate-secret"), json!({})).await.ok();
    let secrets = [webhook.secret.clone(), MadeWebhook::of(&rotated["webhook"]).secret];
    admin.post_nothing(&path("/test")).await.ok();
    app.deliver(&[&Sink::new("webhook", &webhook.id, "webhook.test")]).await;
    for answer in [
        admin.get("/admin/webhooks").await,
        admin.get(&path("")).await,
        admin.post(&path(""), json!({ "description": "x" })).await,
        admin.get(&path("/deliveries")).await,
        admin.get("/admin/deliveries").await,
        admin.get("/admin/events").await,
        admin.get("/admin/audit?limit=1000").await,
        admin.get("/admin/audit/export").await,
        admin.post(&path(""), json!({ "secret": webhook.secret, "url": "x" })).await,
        admin.post(&path(""), json!({ "disabled": true })).await,
        admin.post_nothing(&path("/test")).await,
        admin.delete(&path("")).await,
        admin.get(&path("")).await,
    ] {
        assert!(!answer.text().contains(r#""secret":"#) && !answer.text().contains("whsec_"), "{}", answer.text());
        for secret in &secrets {
            assert!(!answer.text().contains(secret.strip_prefix("whsec_").unwrap()), "{}", answer.text());
        }
    }
}

#[track_caller]
fn lacks_everything(answer: &Answer) {
    let error = answer.json();
    assert_eq!((answer.status, &error["code"]), (403, &json!("policies_missing")), "{}", answer.text());
    assert!(error["message"].as_str().unwrap().ends_with("*:*"), "{error}");
}

async fn callers_without_all_permissions_cannot_include_secrets(app: TestApp) {
    let admin = app.admin().await;
    let policies = ["webhook:create", "webhook:read", "webhook:update", "webhook:delete"];
    let helper = app.limited("helper@example.com", &policies).await;
    let including = json!({ "url": URL, "events": ["*"], "includes_secrets": true });
    lacks_everything(&helper.post("/admin/webhooks", including.clone()).await);
    // Nor does an API key with the permissions of that user.
    let key = app.limited("keys@example.com", &["webhook:create", "api_key:create"]).await.api_key("x", None).await;
    lacks_everything(&app.basic(&key.token).post("/admin/webhooks", including.clone()).await);
    assert_eq!(admin.get("/admin/webhooks").await.ok()["count"], 0);

    let plain = helper.webhook(URL).await;
    lacks_everything(&helper.post(&plain.path, json!({ "includes_secrets": true })).await);
    helper.post(&plain.path, json!({ "includes_secrets": false, "url": "https://other.example.com" })).await.ok();

    let with_secrets = MadeWebhook::of(&admin.post("/admin/webhooks", including).await.ok()["webhook"]);
    // The URL of a webhook that receives secrets is changed only by callers with all permissions.
    lacks_everything(&helper.post(&with_secrets.path, json!({ "url": "https://evil.example.com" })).await);
    let once = json!({ "url": "https://evil.example.com", "includes_secrets": true, "disabled": true });
    lacks_everything(&helper.post(&with_secrets.path, once).await);
    let unchanged = admin.get(&with_secrets.path).await.ok()["webhook"].clone();
    assert_eq!((&unchanged["url"], &unchanged["disabled_at"]), (&json!(URL), &json!(null)));
    // Other changes are allowed: the same URL, another description, or deletion.
    for body in [
        json!({ "url": URL, "includes_secrets": true }),
        json!({ "description": "x", "events": ["user.*"] }),
        json!({ "disabled": true }),
        json!({ "disabled": false }),
        json!({ "includes_secrets": false, "url": "https://other.example.com" }),
    ] {
        helper.post(&with_secrets.path, body).await.ok();
    }
    lacks_everything(&helper.post(&with_secrets.path, json!({ "includes_secrets": true })).await);
    admin.post(&with_secrets.path, json!({ "includes_secrets": true })).await.ok();
    admin.post(&with_secrets.path, json!({ "url": "https://third.example.com" })).await.ok();
}
