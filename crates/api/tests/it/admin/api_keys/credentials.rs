//! Requests that authenticate by an API key.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    api_keys_are_accepted_in_the_form_of_the_reference,
    an_api_key_reaches_routes_with_a_policy_and_no_others,
    the_last_use_is_reported,
);

async fn api_keys_are_accepted_in_the_form_of_the_reference(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    let (token, encoded) = (key.token.as_str(), BASE64.encode(&key.token));
    let colon = BASE64.encode(format!("{token}:"));
    for client in [app.basic(token), app.basic(&encoded), app.basic(&colon), app.bearer(token)] {
        assert_eq!(client.get("/admin/users?fields=id").await.ok()["users"], json!([{ "id": admin.id }]));
    }
    for scheme in ["basic", "BASIC"] {
        let client = app.anonymous().get("/admin/users").header("authorization", &format!("{scheme} {token}"));
        client.await.ok();
    }
    let other = if token.ends_with('0') { "1" } else { "0" };
    for value in [
        BASE64.encode(format!("user:{token}")),
        BASE64.encode(format!("{token}:x")),
        BASE64.encode(format!("{token}::")),
        BASE64.encode("admin@example.com:Lantern-trombone-42"),
        format!("{}{other}", token.split_at(66).0),
        token.to_uppercase(),
        format!("pk_{}", token.trim_start_matches("sk_")),
        key.redacted.clone(),
        key.id.clone(),
        "sk_".to_owned(),
        "rubbish".to_owned(),
        "=".to_owned(),
    ] {
        app.basic(&value).get("/admin/users").await.is_unauthorized();
        app.bearer(&value).get("/admin/users").await.is_unauthorized();
    }
    app.anonymous().get("/admin/users").header("x-medusa-access-token", token).await.is_unauthorized();
    app.cookie(&format!("connect.sid={token}")).get("/admin/users").await.is_unauthorized();
    app.anonymous().get(&format!("/admin/users?token={token}")).await.is_unauthorized();
}

/// security.md 4 and 25: what belongs to a person's session is closed to an API key.
async fn an_api_key_reaches_routes_with_a_policy_and_no_others(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    for client in [app.basic(&key.token), app.bearer(&key.token)] {
        for (method, path) in [
            ("GET", "/admin/users/me"),
            ("POST", "/auth/session"),
            ("DELETE", "/auth/session"),
            ("POST", "/auth/token/refresh"),
            ("GET", "/auth/sessions"),
            ("DELETE", "/auth/sessions"),
            ("DELETE", "/auth/sessions/sess_01JDMX5R4Z9WQ0H3T2B7K8N6VC"),
            ("POST", "/admin/invites/accept?token=x"),
        ] {
            client.ask(method, path).await.is_unauthorized();
        }
        let invited = client.post("/admin/invites", json!({ "email": "by-key@example.com", "roles": [] })).await.ok();
        assert_eq!(invited["invite"]["invited_by"], json!(key.id));
        client.delete(&format!("/admin/invites/{}", invited["invite"]["id"].as_str().unwrap())).await.ok();
        // Changing access requires a person.
        let refused = client.post("/admin/api-keys", json!({ "title": "by key", "type": "secret" })).await;
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("not_for_api_keys")));
    }
}

async fn the_last_use_is_reported(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("CI", None).await;
    let path = format!("/admin/api-keys/{}?fields=last_used_at", key.id);
    let last_use = async || admin.get(&path).await.ok()["api_key"]["last_used_at"].clone();
    assert_eq!(last_use().await, json!(null));
    let first = app.clock_text();
    app.basic(&key.token).get("/admin/users").await.ok();
    app.clock.advance(std::time::Duration::from_secs(59));
    app.basic(&key.token).get("/admin/users").await.ok();
    assert_eq!(last_use().await, json!(first));
    app.clock.advance(std::time::Duration::from_secs(1));
    app.basic(&key.token).get("/admin/users").await.ok();
    assert_eq!(last_use().await, json!(app.clock_text()));
}
