//! `GET /admin/webhooks` and `GET /admin/webhooks/{id}`

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::{NO_WEBHOOK, URL, not_found};
use crate::support::TestApp;

on_both_engines!(webhooks_are_listed_page_by_page, a_webhook_is_retrieved, invalid_queries_return_400);

async fn webhooks_are_listed_page_by_page(app: TestApp) {
    let admin = app.admin().await;
    admin.get("/admin/webhooks").await.is(200, &json!({ "webhooks": [], "count": 0, "offset": 0, "limit": 50 }));
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(admin.webhook(&format!("{URL}{number}")).await.id);
        app.clock.advance(std::time::Duration::from_secs(1));
    }
    for (query, expected) in [
        ("", &ids[..]),
        ("?limit=2", &ids[..2]),
        ("?limit=2&offset=2", &ids[2..]),
        ("?offset=3", &[]),
        ("?limit=0", &[]),
        ("?offset=9007199254740992", &[]),
    ] {
        let listed = admin.get(&format!("/admin/webhooks{query}")).await.ok();
        let found: Vec<&Json> = listed["webhooks"].as_array().unwrap().iter().map(|webhook| &webhook["id"]).collect();
        assert_eq!(
            (found, &listed["count"]),
            (expected.iter().map(|id| json!(id)).collect::<Vec<_>>().iter().collect(), &json!(3)),
            "{query}"
        );
    }
    let listed = admin.get("/admin/webhooks?limit=2&offset=1").await.ok();
    assert_eq!((&listed["limit"], &listed["offset"]), (&json!(2), &json!(1)));
}

async fn a_webhook_is_retrieved(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    let found = admin.get(&webhook.path).await.ok()["webhook"].clone();
    assert_eq!((&found["id"], &found["url"]), (&json!(webhook.id), &json!(URL)));
    assert_eq!(admin.get("/admin/webhooks").await.ok()["webhooks"], json!([found]));
    for id in [NO_WEBHOOK, "nosuch", &webhook.id.replace("whep_", "user_"), &webhook.id.to_lowercase()] {
        let path = format!("/admin/webhooks/{id}");
        if id != webhook.id {
            admin.get(&path).await.is_error(404, "not_found", &not_found(id));
            admin.get(&format!("{path}/deliveries")).await.is_error(404, "not_found", &not_found(id));
        }
    }
}

async fn invalid_queries_return_400(app: TestApp) {
    let admin = app.admin().await;
    let webhook = admin.webhook(URL).await;
    for (query, reasons) in [
        ("nosuch=1", "Unrecognized fields: 'nosuch'"),
        ("url=x", "Unrecognized fields: 'url'"),
        ("order=-id", "Unrecognized fields: 'order'"),
        ("limit=x", "Expected type: 'number' for field 'limit', got: 'x'"),
        ("offset=-1", "Value for field 'offset' too small, expected at least: '0'"),
    ] {
        admin.get(&format!("/admin/webhooks?{query}")).await.is_invalid(reasons);
    }
    admin.get(&format!("{}?limit=1", webhook.path)).await.is_invalid("Unrecognized fields: 'limit'");
}
