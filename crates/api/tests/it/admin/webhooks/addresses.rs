//! Addresses to which a webhook may deliver: none on this machine or its network, unless the configuration allows it.

use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use super::URL;
use crate::support::TestApp;

on_both_engines!(private_addresses_are_refused_at_creation, allowed_networks_are_accepted);

const PRIVATE: &[&str] = &[
    "http://127.0.0.1",
    "https://127.0.0.1:9000/a",
    "https://2130706433",
    "https://10.0.0.1",
    "https://169.254.169.254/latest/meta-data",
    "https://192.168.1.1",
    "https://[::1]",
    "https://[::ffff:10.0.0.1]",
    "http://hooks.example.com",
];

async fn private_addresses_are_refused_at_creation(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    for url in PRIVATE {
        for refused in [
            admin.post("/admin/webhooks", json!({ "url": url, "events": ["*"] })).await,
            admin.post(&webhook.path, json!({ "url": url })).await,
        ] {
            assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("address_refused")), "{url}");
            assert!(refused.text().contains("webhooks.allowed_networks"), "{}", refused.text());
        }
    }
    assert_eq!(admin.get(&webhook.path).await.ok()["webhook"]["url"], URL);
    assert_eq!(admin.get("/admin/webhooks").await.ok()["count"], 1);
}

async fn allowed_networks_are_accepted(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).webhook_networks(&["127.0.0.0/8", "10.1.0.0/16"]).open().await;
    let admin = app.admin().await;
    for url in ["http://127.0.0.1:9000/", "https://10.1.2.3/", "http://10.1.2.3/a", "http://hooks.internal/"] {
        let webhook = admin.webhook(url).await;
        assert_eq!(admin.get(&webhook.path).await.ok()["webhook"]["url"], url);
    }
    for url in ["https://10.2.0.1", "http://93.184.215.14", "https://[::1]"] {
        let refused = admin.post("/admin/webhooks", json!({ "url": url, "events": ["*"] })).await;
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("address_refused")), "{url}");
    }
}
