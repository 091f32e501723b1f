//! `POST /admin/users/{id}`

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Client, TestApp};

on_both_engines!(
    update_changes_only_the_fields_that_are_sent,
    metadata_is_merged_key_by_key,
    an_update_without_effect_keeps_updated_at,
    protected_and_unknown_fields_are_refused,
    invalid_values_return_400,
    update_of_an_unknown_user_returns_404,
);

/// An administrator, and the path of the user to update.
async fn admin_and_user_path(app: &TestApp) -> (Client, String) {
    let admin = app.admin().await;
    let body = json!({ "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace" });
    let created = admin.post("/admin/users", body).await.ok();
    let path = format!("/admin/users/{}", created["user"]["id"].as_str().unwrap());
    (Client::clone(&admin), path)
}

async fn update_changes_only_the_fields_that_are_sent(app: TestApp) {
    let (admin, ada) = admin_and_user_path(&app).await;
    let before = admin.get(&ada).await.ok();
    app.clock.advance(Duration::from_secs(60));
    let body =
        json!({ "first_name": "Augusta", "avatar_url": "https://example.com/a.png", "phone": "+44 20 7946 0000" });
    let updated = admin.post(&ada, body).await.ok();
    let mut expected = before;
    for (name, value) in [
        ("first_name", "Augusta"),
        ("avatar_url", "https://example.com/a.png"),
        ("phone", "+44 20 7946 0000"),
        ("updated_at", "2026-11-22T09:31:00.000Z"),
    ] {
        expected["user"][name] = value.into();
    }
    assert_eq!(updated, expected);
    admin.get(&ada).await.is(200, &expected);
    // Null clears a field; an empty text is stored.
    let updated = admin.post(&ada, json!({ "first_name": null, "last_name": "", "avatar_url": "" })).await.ok();
    let of = |name: &str| updated["user"][name].clone();
    assert_eq!((of("first_name"), of("last_name"), of("avatar_url")), (json!(null), json!(""), json!("")));
    // Searches find the user by the new name.
    admin.post(&ada, json!({ "first_name": "Grace" })).await.ok();
    assert_eq!(admin.get("/admin/users?q=grace").await.ok()["count"], 1);
    assert_eq!(admin.get("/admin/users?q=augusta").await.ok()["count"], 0);
    // What is not seen, or reverses the text around it, is removed from names.
    let disguised = json!({ "first_name": "Gr\u{202e}ace\u{7}", "last_name": "Hop\nper" });
    let cleaned = admin.post(&ada, disguised).await.ok();
    assert_eq!((&cleaned["user"]["first_name"], &cleaned["user"]["last_name"]), (&json!("Grace"), &json!("Hop per")));
    // An invalid telephone number is reported by its code, and null clears it.
    let message = "phone is not a telephone number: write 3 to 20 digits, such as +44 20 7946 0000";
    admin.post(&ada, json!({ "phone": "call me" })).await.is_coded(400, "invalid_data", "invalid_phone", message);
    assert_eq!(admin.post(&ada, json!({ "phone": null })).await.ok()["user"]["phone"], json!(null));
    // The response has the selected fields.
    let shown = admin.post(&format!("{ada}?fields=first_name"), json!({ "first_name": "Q" })).await.ok();
    assert_eq!((shown["user"].as_object().unwrap().len(), &shown["user"]["first_name"]), (2, &json!("Q")));
}

/// notes C2, one after another
async fn metadata_is_merged_key_by_key(app: TestApp) {
    let (admin, ada) = admin_and_user_path(&app).await;
    for (patch, after) in [
        (
            json!({ "a": 1, "b": { "c": 1, "d": 2 }, "l": [1, 2] }),
            json!({ "a": 1, "b": { "c": 1, "d": 2 }, "l": [1, 2] }),
        ),
        (json!({ "b": { "e": 3 } }), json!({ "a": 1, "b": { "e": 3 }, "l": [1, 2] })),
        (json!({ "l": [3] }), json!({ "a": 1, "b": { "e": 3 }, "l": [3] })),
        (json!({ "a": "" }), json!({ "b": { "e": 3 }, "l": [3] })),
        (json!({ "b": null }), json!({ "b": null, "l": [3] })),
        (json!({}), json!({ "b": null, "l": [3] })),
        (json!({ "nosuch": "" }), json!({ "b": null, "l": [3] })),
        (json!({ "x": { "y": "" }, "z": " " }), json!({ "b": null, "l": [3], "x": { "y": "" }, "z": " " })),
        (json!(null), json!(null)),
        (json!({ "k": "" }), json!({})),
        (
            json!({ "n": null, "f": false, "zero": 0, "e": [], "o": {} }),
            json!({ "n": null, "f": false, "zero": 0, "e": [], "o": {} }),
        ),
        (json!(null), json!(null)),
        (json!({ "": "k", "a.b": 1, "é": 1.5 }), json!({ "": "k", "a.b": 1, "é": 1.5 })),
    ] {
        let updated = admin.post(&ada, json!({ "metadata": patch })).await.ok();
        assert_eq!(updated["user"]["metadata"], after, "after {patch}");
        assert_eq!(admin.get(&ada).await.ok()["user"]["metadata"], after, "after {patch}");
    }
    // Numbers are returned as they were sent.
    let numbers = json!({ "big": u64::MAX, "small": i64::MIN, "fraction": 0.1, "tiny": 1.5e-300, "huge": 1e300 });
    let updated = admin.post(&ada, json!({ "metadata": numbers })).await.ok();
    for (name, number) in numbers.as_object().unwrap() {
        assert_eq!(updated["user"]["metadata"][name].as_f64(), number.as_f64(), "{name}");
    }
}

/// notes C2
async fn an_update_without_effect_keeps_updated_at(app: TestApp) {
    let (admin, ada) = admin_and_user_path(&app).await;
    let before = admin.post(&ada, json!({ "metadata": { "k": 1, "m": 2 } })).await.ok();
    app.clock.advance(Duration::from_secs(60));
    for body in [
        json!({}),
        json!({ "first_name": "Ada" }),
        json!({ "avatar_url": null }),
        json!({ "metadata": { "k": 1 } }),
        json!({ "metadata": {} }),
        json!({ "metadata": { "nosuch": "" } }),
    ] {
        admin.post(&ada, body).await.is(200, &before);
    }
    admin.post_nothing(&ada).await.is(200, &before);
}

/// security.md 26, notes C1
async fn protected_and_unknown_fields_are_refused(app: TestApp) {
    let (admin, ada) = admin_and_user_path(&app).await;
    let before = admin.get(&ada).await.ok();
    for (name, value) in [
        ("email", json!("new@example.com")),
        ("id", json!("x")),
        ("created_at", json!("2020-01-01")),
        ("updated_at", json!("x")),
        ("deleted_at", json!(null)),
        ("roles", json!([])),
        ("password", json!("x")),
        ("app_metadata", json!({ "user_id": "x" })),
        ("is_super_admin", json!(true)),
        ("__proto__", json!({ "email": "x" })),
        ("nosuch", json!(1)),
    ] {
        let reasons = format!("Unrecognized fields: '{name}'");
        admin.post(&ada, json!({ name: value })).await.is_invalid(&reasons);
        // The rest of such a body is not applied either.
        admin.post(&ada, json!({ "first_name": "X", name: value })).await.is_invalid(&reasons);
    }
    admin.get(&ada).await.is(200, &before);
}

/// notes B6
async fn invalid_values_return_400(app: TestApp) {
    let (admin, ada) = admin_and_user_path(&app).await;
    for (name, kind, values) in [
        ("first_name", "string", vec![json!(5), json!(true), json!([]), json!({}), json!(["a"])]),
        ("last_name", "string", vec![json!(5), json!([])]),
        ("avatar_url", "string", vec![json!(1.5), json!({})]),
        ("metadata", "record", vec![json!(5), json!(true), json!([]), json!(""), json!("x"), json!(["a"])]),
    ] {
        for value in values {
            let got = match &value {
                Json::Object(_) => "[object Object]".to_owned(),
                Json::Array(items) => items.first().and_then(Json::as_str).unwrap_or_default().to_owned(),
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            let reasons = format!("Expected type: '{kind}' for field '{name}', got: '{got}'");
            admin.post(&ada, json!({ name: value })).await.is_invalid(&reasons);
        }
    }
    for (body, reasons) in [
        (
            json!({ "first_name": "x".repeat(256) }),
            "Value for field 'first_name' too big, expected at most: '255 characters'",
        ),
        (
            json!({ "avatar_url": "x" }),
            "Invalid value for field 'avatar_url': it must be an address that begins with https:// or http://",
        ),
        (
            json!({ "avatar_url": format!("https://a/{}", "x".repeat(2_048)) }),
            "Value for field 'avatar_url' too big, expected at most: '2048 characters'",
        ),
        (
            json!({ "metadata": { "a": "x".repeat(65_536) } }),
            "Invalid value for field 'metadata': metadata is larger than 64 KiB",
        ),
        (
            json!({ "nosuch": 1, "last_name": 6, "first_name": 5 }),
            "Expected type: 'string' for field 'first_name', got: '5'; Expected type: 'string' for field 'last_name', got: '6'; Unrecognized fields: 'nosuch'",
        ),
    ] {
        admin.post(&ada, body).await.is_invalid(reasons);
    }
    // The stored and the sent metadata together have a limit.
    let half = |key: &str| json!({ "metadata": { key: "x".repeat(40_000) } });
    admin.post(&ada, half("a")).await.ok();
    admin.post(&ada, half("b")).await.is_error(400, "invalid_data", "metadata is larger than 64 KiB");
    admin.post(&ada, half("a")).await.ok();
    admin.post(&format!("{ada}?limit=1"), json!({})).await.is_invalid("Unrecognized fields: 'limit'");
}

async fn update_of_an_unknown_user_returns_404(app: TestApp) {
    let (admin, ada) = admin_and_user_path(&app).await;
    admin.delete(&ada).await.ok();
    let deleted = ada.strip_prefix("/admin/users/").unwrap();
    for id in [deleted, "user_nosuch", "me", "x"] {
        let message = format!("User with id: {id} was not found");
        let answer = admin.post(&format!("/admin/users/{id}"), json!({ "first_name": "X" })).await;
        answer.is_error(404, "not_found", &message);
    }
    let wrong = admin.post("/admin/users/user_nosuch", json!({ "first_name": 5 })).await;
    wrong.is_invalid("Expected type: 'string' for field 'first_name', got: '5'");
}
