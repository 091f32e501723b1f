//! `POST /admin/api-keys` and `/admin/api-keys/{id}`, `GET /admin/api-keys/{id}`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    create_returns_the_token_once,
    an_api_key_can_expire,
    create_with_invalid_fields_returns_400,
    update_renames_an_api_key,
    unknown_api_key_returns_404,
);

/// security.md 1 and 31
async fn create_returns_the_token_once(app: TestApp) {
    let admin = app.admin().await;
    let made = admin.post("/admin/api-keys", json!({ "title": "CI", "type": "secret" })).await.ok();
    let (id, token) = (&made["api_key"]["id"], made["api_key"]["token"].as_str().unwrap());
    let (first, last) = (token.split_at(6).0, token.split_at(64).1);
    assert!(id.as_str().unwrap().starts_with("apk_") && token.starts_with("sk_") && token.len() == 67);
    let now = app.clock_text();
    let mut expected = json!({ "api_key": {
        "id": id, "token": token, "redacted": format!("{first}***{last}"), "title": "CI", "type": "secret",
        "last_used_at": null, "created_by": admin.id, "revoked_by": null, "revoked_at": null, "expires_at": null,
        "created_at": now, "updated_at": now, "deleted_at": null, "roles": ["role_super_admin"],
        "sales_channels": [],
    } });
    assert_eq!(made, expected);
    expected["api_key"]["token"] = json!("");
    let path = format!("/admin/api-keys/{}", id.as_str().unwrap());
    admin.get(&path).await.is(200, &expected);
    // The reference returns its hash here.
    let asked = admin.get(&format!("{path}?fields=id,token")).await;
    asked.is(200, &json!({ "api_key": { "id": id, "token": "" } }));
    for answer in [admin.get("/admin/api-keys").await, admin.get("/admin/audit").await] {
        assert!(!answer.text().contains(token.trim_start_matches("sk_")), "{}", answer.asked);
    }
}

async fn an_api_key_can_expire(app: TestApp) {
    let admin = app.admin().await;
    let body = |expires_at: &str| json!({ "title": "CI", "type": "secret", "expires_at": expires_at });
    let made = admin.post("/admin/api-keys", body("2026-11-22T10:30:00+00:00")).await.ok();
    assert_eq!(made["api_key"]["expires_at"], "2026-11-22T10:30:00.000Z");
    let key = app.basic(made["api_key"]["token"].as_str().unwrap());
    key.get("/admin/users").await.ok();
    app.clock.advance(std::time::Duration::from_secs(60 * 60));
    key.get("/admin/users").await.is_unauthorized();
    admin.prove().await;
    let late = admin.post("/admin/api-keys", body("2026-11-22T10:30:00Z")).await;
    late.is_coded(400, "invalid_data", "expiry_past", "expires_at is not in the future");
}

async fn create_with_invalid_fields_returns_400(app: TestApp) {
    let admin = app.admin().await;
    for (body, reasons) in [
        (json!({}), "Field 'title' is required; Field 'type' is required"),
        (json!({ "type": "secret" }), "Field 'title' is required"),
        (json!({ "title": "x" }), "Field 'type' is required"),
        (
            json!({ "title": "x", "type": "nosuch" }),
            "Expected: 'publishable, secret' for field 'type', but got: 'nosuch'",
        ),
        (json!({ "title": "x", "type": 5 }), "Expected: 'publishable, secret' for field 'type', but got: '5'"),
        (json!({ "title": 5, "type": "secret" }), "Expected type: 'string' for field 'title', got: '5'"),
        (json!({ "title": "x", "type": "secret", "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "title": "x", "type": "secret", "token": "sk_x" }), "Unrecognized fields: 'token'"),
        (json!({ "title": "x", "type": "secret", "created_by": "x" }), "Unrecognized fields: 'created_by'"),
        (
            json!({ "title": "x", "type": "secret", "expires_at": "soon" }),
            "Invalid value for field 'expires_at': not a date and time such as 2026-11-22T09:30:00Z",
        ),
    ] {
        admin.post("/admin/api-keys", body).await.is_invalid(reasons);
    }
    admin.post_nothing("/admin/api-keys").await.is_invalid("Field 'title' is required; Field 'type' is required");
    let roles = json!({ "title": "x", "type": "secret", "roles": ["role_nosuch", "user_1"] });
    let refused = admin.post("/admin/api-keys", roles).await;
    assert_eq!((refused.status, &refused.json()["type"]), (400, &json!("invalid_data")));
    for (title, code, message) in [
        ("x".repeat(256), "name_too_long", "title is longer than 255 characters"),
        ("two\nlines".to_owned(), "control_character", "title has a control character"),
    ] {
        let refused = admin.post("/admin/api-keys", json!({ "title": title, "type": "secret" })).await;
        refused.is_coded(400, "invalid_data", code, message);
    }
    assert_eq!(admin.get("/admin/api-keys").await.ok()["count"], 0);
    // As in the reference.
    admin.api_key("", None).await;
}

async fn update_renames_an_api_key(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    let path = format!("/admin/api-keys/{}", key.id);
    let renamed = admin.post(&path, json!({ "title": "CI renamed" })).await.ok();
    assert_eq!((&renamed["api_key"]["title"], &renamed["api_key"]["token"]), (&json!("CI renamed"), &json!("")));
    assert_eq!(admin.get(&path).await.ok(), renamed);
    let fields = admin.post(&format!("{path}?fields=title"), json!({ "title": "x" })).await;
    fields.is(200, &json!({ "api_key": { "id": key.id, "title": "x" } }));
    for (body, reasons) in [
        (json!({}), "Field 'title' is required"),
        (json!({ "nosuch": 1 }), "Field 'title' is required; Unrecognized fields: 'nosuch'"),
        (json!({ "title": 5 }), "Expected type: 'string' for field 'title', got: '5'"),
        (json!({ "type": "publishable" }), "Field 'title' is required; Unrecognized fields: 'type'"),
        (json!({ "title": "x", "roles": [] }), "Unrecognized fields: 'roles'"),
        (json!({ "title": "x", "expires_at": null }), "Unrecognized fields: 'expires_at'"),
        (json!({ "title": "x", "revoked_at": null }), "Unrecognized fields: 'revoked_at'"),
    ] {
        admin.post(&path, body).await.is_invalid(reasons);
    }
}

async fn unknown_api_key_returns_404(app: TestApp) {
    let admin = app.admin().await;
    for id in ["apk_nosuch", "apk_01JDMX5R4Z9WQ0H3T2B7K8N6VC", "x"] {
        let path = format!("/admin/api-keys/{id}");
        let message = format!("API Key with id: {id} was not found");
        admin.get(&path).await.is_error(404, "not_found", &message);
        admin.post(&path, json!({ "title": "x" })).await.is_error(404, "not_found", &message);
        admin.post(&format!("{path}/revoke"), json!({})).await.is_error(404, "not_found", &message);
        admin.delete(&path).await.is(200, &json!({ "id": id, "object": "api_key", "deleted": true }));
    }
}
