//! 1 to 3: an invite's token works once, until it expires, and the database contains nothing that grants access.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{PASSWORD, TestApp, forge};

on_both_engines!(a_token_works_once_on_all_routes_together, expiry_is_checked_when_the_token_is_used);

/// security.md 2
async fn a_token_works_once_on_all_routes_together(app: TestApp) {
    let admin = app.admin().await;
    let message = "This invite was already accepted on 2026-11-22. Sign in instead.";
    for (number, one_step_first) in [true, false].into_iter().enumerate() {
        let email = format!("u{number}@example.com");
        let invite = admin.invite(&email).await;
        let registered = app.registered(&email).await;
        let another = app.registered("another@example.com").await;
        match one_step_first {
            true => app.anonymous().accept_with_password(&invite.token, PASSWORD).await.ok(),
            false => registered.accept(&invite.token).await.ok(),
        };
        let again = app.anonymous().accept_with_password(&invite.token, "Other-harbour-77x").await;
        again.is_coded(401, "unauthorized", "invite_already_accepted", message);
        another.accept(&invite.token).await.is_coded(401, "unauthorized", "invite_already_accepted", message);
        match one_step_first {
            // A stranger could have made the registration, so it is deleted.
            true => registered.accept(&invite.token).await.is_unauthorized(),
            false => {
                registered.accept(&invite.token).await.is_coded(401, "unauthorized", "invite_already_accepted", message)
            }
        }
        app.anonymous().sign_in_as_user(&email, PASSWORD).await;
    }
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 3);
}

/// security.md 3
async fn expiry_is_checked_when_the_token_is_used(app: TestApp) {
    let admin = app.admin().await;
    let (early, late) = (admin.invite("early@example.com").await, admin.invite("late@example.com").await);
    app.clock.advance(Duration::from_secs(24 * 60 * 60) - Duration::from_micros(1));
    app.anonymous().accept_with_password(&early.token, PASSWORD).await.ok();
    let late_registration = app.registered("late@example.com").await;
    app.clock.advance(Duration::from_micros(1));
    let message = "This invite expired on 2026-11-23. Ask for a new one.";
    for answer in [
        late_registration.accept(&late.token).await,
        app.anonymous().accept_with_password(&late.token, PASSWORD).await,
        app.anonymous().post("/auth/invites/preview", json!({ "token": late.token })).await,
    ] {
        answer.is_coded(401, "unauthorized", "invite_expired", message);
    }
    // The time in the token does not count: the row's does.
    let mut claims = forge::claims(&late.token);
    claims["exp"] = (app.clock_seconds() + 86_400).into();
    let longer = forge::token(&json!({ "alg": "HS256", "typ": "JWT" }), &claims);
    late_registration.accept(&longer).await.is_coded(401, "unauthorized", "invite_expired", message);
}

/// security.md 1: reading the database gives no access.
#[tokio::test]
async fn the_database_contains_nothing_that_grants_access() {
    let place = Arc::new(TestDatabase::sqlite());
    let app = TestApp::on(&place).open().await;
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    let registered = app.registered("bob@example.com").await;
    let cookie = admin.cookie().await;
    let mut bytes = Vec::new();
    for file in fs::read_dir(place.path().parent().unwrap()).unwrap() {
        bytes.extend(fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ada@example.com") && holds("$argon2id$"), "this is not the database");
    let signature = |token: &str| token.rsplit('.').next().unwrap().to_owned();
    for secret in [
        PASSWORD,
        cookie.split_once('=').unwrap().1,
        &signature(&invite.token),
        &signature(&admin.token),
        &signature(&registered.token),
    ] {
        assert!(!holds(secret), "{secret}");
    }
}
