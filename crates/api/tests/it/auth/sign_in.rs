//! `GET|POST /auth/{actor_type}/{provider}`

use std::sync::Arc;

use serde_json::json;
use vestibule_auth::PasswordConfig;
use vestibule_testing::{TestDatabase, on_both_engines};

use super::Elsewhere;
use crate::support::{Ask, PASSWORD, TestApp, forge, together};

on_both_engines!(
    a_token_contains_the_identity,
    any_actor_type_can_sign_in,
    every_spelling_of_an_address_signs_in,
    missing_fields_are_named_in_the_order_of_the_reference,
    credentials_are_read_from_the_body_only,
    invalid_passwords_and_providers_are_refused,
    the_location_of_a_redirect_is_returned,
);
on_both_engines!(4 threads: a_login_storm_gets_429_with_retry_after);

async fn a_token_contains_the_identity(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let claims = forge::claims(&ada.token);
    let at = app.clock_seconds();
    assert_eq!(
        claims,
        json!({
            "actor_id": ada.id, "actor_type": "user", "auth_identity_id": claims["auth_identity_id"],
            "auth_provider": "emailpass", "mfa_enabled": false, "mfa_challenge_completed_at": null,
            "app_metadata": { "user_id": ada.id, "roles": ["role_super_admin"] }, "user_metadata": {}, "sid": claims["sid"], "purpose": "session",
            "iat": at, "exp": at + 86_400,
        })
    );
    assert!(claims["sid"].as_str().unwrap().starts_with("sess_"));
    // Each sign-in starts its own session.
    let again = app.user("ada@example.com").await;
    assert_ne!(claims["sid"], forge::claims(&again.token)["sid"]);
}

/// notes E1
async fn any_actor_type_can_sign_in(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    for actor_type in ["customer", "nosuch", "api-key", "USER"] {
        let answer = app.anonymous().post(&format!("/auth/{actor_type}/emailpass?nosuch=1"), body.clone()).await.ok();
        let token = answer["token"].as_str().unwrap();
        let claims = forge::claims(token);
        assert_eq!((&claims["actor_id"], &claims["actor_type"]), (&json!(""), &json!(actor_type)));
        assert_eq!(claims["app_metadata"], json!({ "user_id": ada.id }));
        // It is not a user's token, though its identity is a user's.
        app.bearer(token).get("/admin/users/me").await.is_unauthorized();
        app.bearer(token).post_nothing("/auth/token/refresh").await.ok();
    }
    // An old token in the request neither helps nor harms.
    app.bearer("rubbish").post("/auth/user/emailpass", body).await.ok();
}

/// security.md 15; to the reference each of these is another address (notes E2)
async fn every_spelling_of_an_address_signs_in(app: TestApp) {
    let ada = app.user("Ada@Example.com").await;
    for email in ["ada@example.com", "ADA@EXAMPLE.COM", " ada@example.com ", "ａda@example.com"] {
        assert_eq!(app.anonymous().sign_in_as_user(email, PASSWORD).await.id, ada.id);
    }
    for (email, password) in [
        ("аda@example.com", PASSWORD),
        ("ada@example.com\n", PASSWORD),
        ("ada@example.com.", PASSWORD),
        ("ada", PASSWORD),
        ("ada@example.com", "lantern-trombone-42"),
        ("ada@example.com", " Lantern-trombone-42"),
        ("ada@example.com", "Lantern-trombone-42 "),
    ] {
        let refused = app.anonymous().sign_in(email, password).await;
        refused.is_error(401, "unauthorized", "Invalid email or password");
    }
}

/// notes B2, B6
async fn missing_fields_are_named_in_the_order_of_the_reference(app: TestApp) {
    app.user("ada@example.com").await;
    let (no_password, no_email) = ("Password should be a string", "Email should be a string");
    for (body, message) in [
        (json!({}), no_password),
        (json!([]), no_password),
        (json!({ "email": "ada@example.com" }), no_password),
        (json!({ "email": "ada@example.com", "password": null }), no_password),
        (json!({ "email": "ada@example.com", "password": 12_345_678 }), no_password),
        (json!({ "email": "ada@example.com", "password": [PASSWORD] }), no_password),
        (json!({ "email": "ada@example.com", "password": {} }), no_password),
        (json!({ "email": "ada@example.com", "password": "" }), no_password),
        (json!({ "email": "", "password": "" }), no_password),
        (json!({ "password": PASSWORD }), no_email),
        (json!({ "email": null, "password": PASSWORD }), no_email),
        (json!({ "email": 5, "password": PASSWORD }), no_email),
        (json!({ "email": ["ada@example.com"], "password": PASSWORD }), no_email),
        (json!({ "email": "", "password": PASSWORD }), no_email),
    ] {
        for path in ["/auth/user/emailpass", "/auth/user/emailpass/register"] {
            app.anonymous().post(path, body.clone()).await.is_error(401, "unauthorized", message);
        }
    }
    app.anonymous().post_nothing("/auth/user/emailpass").await.is_error(401, "unauthorized", no_password);
    app.anonymous()
        .post("/auth/user/emailpass", json!("x"))
        .await
        .is_invalid("The body must be a JSON object, got: 'x'");
}

/// notes E1
async fn credentials_are_read_from_the_body_only(app: TestApp) {
    app.user("ada@example.com").await;
    let path = format!("/auth/user/emailpass?email=ada@example.com&password={PASSWORD}");
    for answer in [app.anonymous().get(&path).await, app.anonymous().post_nothing(&path).await] {
        answer.is_error(401, "unauthorized", "Password should be a string");
    }
}

async fn invalid_passwords_and_providers_are_refused(app: TestApp) {
    app.user("ada@example.com").await;
    // Before anything is hashed, and the same whether or not an account exists.
    for email in ["ada@example.com", "unknown@example.com"] {
        let refused = app.anonymous().sign_in(email, &"x".repeat(1_025)).await;
        refused.is_coded(400, "invalid_data", "password_too_long", "The password is too long: 1024 characters at most");
        let refused = app.anonymous().sign_in(email, &"😀".repeat(1_024)).await;
        refused.is_error(401, "unauthorized", "Invalid email or password");
    }
    let nul = r#"{"email": "ada@example.com", "password": "Lantern-trombone-42\u0000"}"#;
    let refused = app.anonymous().ask("POST", "/auth/user/emailpass").raw("application/json", nul).await;
    refused.is_invalid("The body cannot be read as JSON: a text has a NUL character at line 1 column 68");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    for (provider, name) in [("nosuch", "nosuch"), ("EMAILPASS", "EMAILPASS"), ("%3Cb%3E", "<b>")] {
        let message = format!("The actor type user is not allowed to use the auth provider {name}");
        let path = format!("/auth/user/{provider}");
        for ask in [app.anonymous().post(&path, body.clone()), app.anonymous().get(&path)] {
            ask.await.is_error(400, "not_allowed", &message);
        }
    }
    let refused = app.anonymous().post("/auth/a%20b/emailpass", body).await;
    refused.is_error(400, "invalid_data", "An actor type is a name of letters, digits, '-', '_' and '.'");
}

async fn the_location_of_a_redirect_is_returned(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).open_with_provider(Elsewhere).await;
    let path = "/auth/user/elsewhere?back=here&list[]=x";
    for answer in [app.anonymous().get(path).await, app.anonymous().post(path, json!({})).await] {
        answer.is(200, &json!({ "location": "https://elsewhere.example/?back=here" }));
    }
    let refused = app.anonymous().post("/auth/user/elsewhere/register", json!({})).await;
    refused.is_error(401, "unauthorized", "Registration not implemented for provider elsewhere");
}

/// security.md 12: one thread hashes and one request may wait, so most of many concurrent ones are refused, and all
/// succeed later. Each uses its own address: requests for one address wait for each other.
async fn a_login_storm_gets_429_with_retry_after(place: Arc<TestDatabase>) {
    let mut passwords = PasswordConfig::fast_for_tests();
    (passwords.threads, passwords.queue, passwords.memory_kib) = (1, 1, 65_536);
    let app = TestApp::on(&place).passwords(passwords).open().await;
    app.create_user("ada@example.com", PASSWORD).await;
    let anonymous = app.anonymous();
    let answers = together(16, |number| {
        let ask: Ask = anonymous.sign_in(&format!("unknown{number}@example.com"), PASSWORD);
        async move { ask.await }
    })
    .await;
    let mut hashed = 0;
    for answer in &answers {
        match answer.status {
            401 => hashed += 1,
            _ => {
                assert_eq!(answer.header("retry-after"), Some("1"));
                let message = "Too many sign-ins at this moment. Try again in a few seconds.";
                answer.is_coded(429, "too_many_requests", "too_many_sign_ins", message);
            }
        }
    }
    assert!((1..16).contains(&hashed), "{hashed} were hashed");
    anonymous.sign_in("ada@example.com", PASSWORD).await.ok();
}
