//! `GET /admin/api-keys`

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{TestApp, User};

on_both_engines!(api_keys_are_filtered_and_sorted, invalid_queries_return_400);

async fn titles(admin: &User, query: &str) -> Json {
    let listed = admin.get(&format!("/admin/api-keys?{query}")).await.ok();
    listed["api_keys"].as_array().unwrap().iter().map(|key| key["title"].clone()).collect()
}

async fn api_keys_are_filtered_and_sorted(app: TestApp) {
    let admin = app.admin().await;
    let mut ids = Vec::new();
    for title in ["CI", "Nightly", "ci 50%"] {
        ids.push(admin.api_key(title, None).await.id);
        app.clock.advance(std::time::Duration::from_secs(1));
    }
    admin.post_nothing(&format!("/admin/api-keys/{}/revoke", ids[1])).await.ok();
    let by_admin = format!("created_by={}", admin.id);
    let by_id = format!("id={}", ids[0]);
    for (query, expected) in [
        ("", json!(["CI", "Nightly", "ci 50%"])),
        ("type=secret", json!(["CI", "Nightly", "ci 50%"])),
        ("type=publishable", json!([])),
        ("title=CI", json!(["CI"])),
        ("q=CI", json!(["CI", "ci 50%"])),
        ("q=%25", json!(["ci 50%"])),
        (&by_id, json!(["CI"])),
        (&by_admin, json!(["CI", "Nightly", "ci 50%"])),
        ("created_by=user_nosuch", json!([])),
        ("revoked_at[$eq]=null", json!(["CI", "ci 50%"])),
        ("revoked_at[$ne]=null", json!(["Nightly"])),
        ("expires_at[$ne]=null", json!([])),
        ("created_at[$gt]=2026-11-22T09:30:01Z", json!(["ci 50%"])),
        ("order=-title&limit=2", json!(["ci 50%", "Nightly"])),
        ("limit=1&offset=2", json!(["ci 50%"])),
    ] {
        assert_eq!(titles(&admin, query).await, expected, "{query}");
    }
    let listed = admin.get("/admin/api-keys?fields=title&limit=1").await;
    let key = json!({ "id": ids[0], "title": "CI" });
    listed.is(200, &json!({ "api_keys": [key], "count": 3, "offset": 0, "limit": 1 }));
    assert_eq!(admin.get("/admin/api-keys").await.ok()["limit"], 20);
    admin.delete(&format!("/admin/api-keys/{}", ids[1])).await.ok();
    assert_eq!(titles(&admin, "").await, json!(["CI", "ci 50%"]));
    assert_eq!(titles(&admin, "with_deleted=true").await, json!(["CI", "Nightly", "ci 50%"]));
}

async fn invalid_queries_return_400(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    for (query, reasons) in [
        ("nosuch=1", "Unrecognized fields: 'nosuch'"),
        ("revoked=false", "Unrecognized fields: 'revoked'"),
        (&format!("token={}", key.token), "Unrecognized fields: 'token'"),
        ("token_hash=x", "Unrecognized fields: 'token_hash'"),
        ("roles=role_super_admin", "Unrecognized fields: 'roles'"),
        ("type=nosuch", "Expected: 'publishable, secret' for field 'type', but got: 'nosuch'"),
        ("limit=x", "Expected type: 'number' for field 'limit', got: 'x'"),
    ] {
        admin.get(&format!("/admin/api-keys?{query}")).await.is_invalid(reasons);
    }
}
