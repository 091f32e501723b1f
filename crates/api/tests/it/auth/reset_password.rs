//! `POST /auth/{actor_type}/{provider}/reset-password` and `…/update`

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Answer, PASSWORD, TestApp, forge};

on_both_engines!(
    a_password_is_reset_as_in_the_reference,
    invalid_requests_are_refused_in_the_words_of_the_reference,
    every_address_gets_the_same_response,
    a_reset_token_works_once_on_one_route,
    a_refused_password_is_reported_with_advice,
    a_locked_user_gets_no_reset_token,
    resets_are_audited_without_secrets,
);

const ADA: &str = "ada@example.com";
const RESET: &str = "/auth/user/emailpass/reset-password";
const UPDATE: &str = "/auth/user/emailpass/update";
const NEW: &str = "Brand-new-quarry-19";

fn assert_created(answer: &Answer) {
    assert_eq!((answer.status, answer.text()), (201, "Created"), "{}", answer.asked);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
}

fn is_no_token(answer: &Answer) {
    answer.is_coded(401, "unauthorized", "reset_token_invalid", "Invalid token");
}

async fn a_password_is_reset_as_in_the_reference(app: TestApp) {
    let ada = app.user(ADA).await;
    assert_created(&app.anonymous().post(RESET, json!({ "identifier": "ADA@example.com" })).await);
    let token = app.reset_token(ADA).await;
    let mut claims = forge::claims(&token);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    for volatile in ["jti", "iat", "exp"] {
        claims.as_object_mut().unwrap().remove(volatile);
    }
    assert_eq!(claims, json!({ "entity_id": ADA, "provider": "emailpass", "actor_type": "user", "purpose": "reset" }));
    let updated = app.bearer(&token).post(UPDATE, json!({ "password": NEW })).await;
    updated.is(200, &json!({ "success": true }));
    is_no_token(&app.bearer(&token).post(UPDATE, json!({ "password": "Brand-new-quarry-20" })).await);
    // security.md 13: every session that the old password started has ended.
    ada.get("/admin/users/me").await.is_unauthorized();
    app.anonymous().sign_in(ADA, PASSWORD).await.is_error(401, "unauthorized", "Invalid email or password");
    app.anonymous().sign_in_as_user(ADA, NEW).await;
}

async fn invalid_requests_are_refused_in_the_words_of_the_reference(app: TestApp) {
    app.user(ADA).await;
    let required = "Field 'identifier' is required";
    for (body, reasons) in [
        (json!({}), required),
        (json!({ "identifier": 5 }), "Expected type: 'string' for field 'identifier', got: '5'"),
        (json!({ "identifier": null }), "Expected type: 'string' for field 'identifier', got: 'null'"),
        (json!({ "identifier": ADA, "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "email": ADA }), "Field 'identifier' is required; Unrecognized fields: 'email'"),
        (json!({ "identifier": ADA, "metadata": "x" }), "Expected type: 'record' for field 'metadata', got: 'x'"),
        (json!({ "identifier": ADA, "metadata": null }), "Expected type: 'record' for field 'metadata', got: 'null'"),
    ] {
        app.anonymous().post(RESET, body).await.is_invalid(reasons);
    }
    app.anonymous().post_nothing(RESET).await.is_invalid(required);
    let nosuch = "The actor type user is not allowed to use the auth provider nosuch";
    let body = json!({ "identifier": ADA });
    app.anonymous().post("/auth/user/nosuch/reset-password", body).await.is_error(400, "not_allowed", nosuch);
    let body = json!({ "password": NEW });
    app.anonymous().post("/auth/user/nosuch/update", body).await.is_error(400, "not_allowed", nosuch);
}

/// security.md 10: also addresses without an account, and providers that do not exist yet.
async fn every_address_gets_the_same_response(app: TestApp) {
    app.user(ADA).await;
    app.registered("waiting@example.com").await;
    for identifier in [ADA, "waiting@example.com", "nobody@example.com", "rubbish", ""] {
        for actor_type in ["user", "customer", "nosuch"] {
            let path = format!("/auth/{actor_type}/emailpass/reset-password");
            for _ in 0..7 {
                assert_created(&app.anonymous().post(&path, json!({ "identifier": identifier })).await);
            }
        }
    }
    // Of seven requests for the user, one sent a mail: the next has to wait, since its link would replace a valid one.
    let sent = app.events("auth.password_reset").await;
    assert_eq!(sent.len(), 1);
    assert!(sent.iter().all(|data| data["entity_id"] == ADA && data["actor_type"] == "user"));
}

/// security.md 3 and 4
async fn a_reset_token_works_once_on_one_route(app: TestApp) {
    let ada = app.user(ADA).await;
    let body = || json!({ "password": NEW });
    let older = app.reset_token(ADA).await;
    let token = app.reset_token(ADA).await;
    is_no_token(&app.anonymous().post(UPDATE, body()).await);
    for other in ["rubbish", &ada.token, &older, &format!("{token}x")] {
        is_no_token(&app.bearer(other).post(UPDATE, body()).await);
    }
    is_no_token(&app.bearer(&token).post("/auth/customer/emailpass/update", body()).await);
    is_no_token(&app.anonymous().post(&format!("{UPDATE}?token={token}"), body()).await);
    for path in ["/admin/users", "/admin/users/me"] {
        app.bearer(&token).get(path).await.is_unauthorized();
    }
    for path in ["/auth/session", "/auth/token/refresh"] {
        app.bearer(&token).post_nothing(path).await.is_unauthorized();
    }
    app.clock.advance(Duration::from_secs(900) - Duration::from_micros(1));
    app.bearer(&token).post(UPDATE, body()).await.ok();
    let late = app.reset_token(ADA).await;
    app.clock.advance(Duration::from_secs(900));
    is_no_token(&app.bearer(&late).post(UPDATE, body()).await);
}

/// security.md 8
async fn a_refused_password_is_reported_with_advice(app: TestApp) {
    app.user(ADA).await;
    let token = app.reset_token(ADA).await;
    let update = |body: Json| app.bearer(&token).post(UPDATE, body);
    for body in [json!({}), json!({ "password": 5 }), json!({ "password": null }), json!({ "password": "" })] {
        update(body).await.is(401, &json!({ "type": "unauthorized", "message": "Unauthorized" }));
    }
    for (password, message) in [
        ("1234567", "The password is too short: 8 characters at least"),
        (
            "password1",
            "The password is too easy to guess. This is a very common password. Add another word or two. Uncommon \
             words are better.",
        ),
        (
            "ada@example.com",
            "The password is little more than your name or e-mail address. Use a few words that have nothing to do with you.",
        ),
    ] {
        update(json!({ "password": password })).await.is_coded(400, "invalid_data", "weak_password", message);
    }
    let too_long = update(json!({ "password": "x".repeat(1_025) })).await;
    too_long.is_coded(400, "invalid_data", "password_too_long", "The password is too long: 1024 characters at most");
    // The token stays valid, and names the user: older clients of the reference send the address as well.
    for email in [json!("admin@example.com"), json!(5), json!(null)] {
        let reasons = "Field 'email' must be the address that the token was sent to; leave it out";
        update(json!({ "password": NEW, "email": email })).await.is_invalid(reasons);
    }
    update(json!({ "password": NEW, "nosuch": 1 })).await.is_invalid("Unrecognized fields: 'nosuch'");
    update(json!({ "password": NEW, "email": "ADA@example.com" })).await.ok();
    app.anonymous().sign_in_as_user(ADA, NEW).await;
}

/// security.md 21
async fn a_locked_user_gets_no_reset_token(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user(ADA).await;
    let before = app.reset_token(ADA).await;
    app.flows.users().lock_users(ada.id.parse::<vestibule_user::UserId>().unwrap()).await.unwrap();
    assert_created(&app.anonymous().post(RESET, json!({ "identifier": ADA })).await);
    assert_eq!(app.events("auth.password_reset").await.len(), 1);
    is_no_token(&app.bearer(&before).post(UPDATE, json!({ "password": NEW })).await);
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    assert_created(&app.anonymous().post(RESET, json!({ "identifier": ADA })).await);
    is_no_token(&app.bearer(&before).post(UPDATE, json!({ "password": NEW })).await);
    assert_eq!(app.events("auth.password_reset").await.len(), 1);
}

/// security.md 31
async fn resets_are_audited_without_secrets(app: TestApp) {
    let ada = app.user(ADA).await;
    assert_created(&app.anonymous().post(RESET, json!({ "identifier": ADA })).await);
    let token = app.events("auth.password_reset").await[0]["token"].as_str().unwrap().to_owned();
    app.bearer(&token).post(UPDATE, json!({ "password": NEW })).await.ok();
    for action in ["password.reset_requested", "password.reset"] {
        let entries = app.audited(action).await;
        assert_eq!(entries.len(), 1, "{action}");
        assert_eq!((&entries[0]["target_type"], &entries[0]["target_id"]), (&json!("user"), &json!(ada.id)));
        assert_eq!(entries[0]["actor_type"], "nobody");
        let text = entries[0].to_string();
        assert!(!text.contains(NEW) && !text.contains(&token), "{text}");
    }
    let told = app.events("auth.password_changed").await;
    assert_eq!((told.len(), &told[0]["entity_id"]), (1, &json!(ADA)));
}
