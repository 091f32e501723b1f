//! `POST /auth/mfa/challenges/{id}/verify`

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_api::routes::ROUTES;
use vestibule_flows::Context;
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_web::access::Access;

use crate::support::{PASSWORD, PendingSignIn, TestApp, WRONG_CODE, forge, together};

on_both_engines!(
    a_half_token_reaches_the_challenge_and_nothing_else,
    verifying_a_challenge_starts_a_new_session,
    wrong_codes_are_reported_in_the_words_of_the_reference,
    a_challenge_is_verified_in_time_by_its_own_user,
    a_cookie_of_a_half_session_is_limited_as_well,
    a_refreshed_half_token_is_limited_and_keeps_its_challenge,
    a_half_token_without_its_factor_grants_nothing,
    every_sign_in_method_requires_the_second_factor,
    failed_codes_are_counted_for_the_account,
    a_locked_user_cannot_verify_a_challenge,
);
on_both_engines!(4 threads: of_sixty_four_concurrent_uses_of_one_code_in_two_processes_one_succeeds);

const HALF: &str = "MFA verification is required to complete this request";

/// security.md 18: every route of the table.
async fn a_half_token_reaches_the_challenge_and_nothing_else(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    let cookie = half.client.post_nothing("/auth/session").await;
    cookie.ok();
    let cookie = app.cookie(cookie.header("set-cookie").unwrap().split(';').next().unwrap());
    let mut closed = 0;
    for route in ROUTES {
        if matches!(route.access, Access::Public | Access::Bearer | Access::Challenge) {
            continue;
        }
        closed += 1;
        let path = route.path.replace("{id}", &ada.id);
        for client in [&half.client, &cookie] {
            for body in [None, Some(json!({ "nosuch": 1 }))] {
                let ask = client.ask(route.method, &path);
                let answer = if let Some(body) = &body { ask.json(body) } else { ask }.await;
                let received = (answer.status, answer.json());
                assert_eq!(received, (401, json!({ "message": HALF })), "{} {}", route.method, route.path);
            }
        }
    }
    assert!(closed > 10, "{closed}");
    let claims = forge::claims(&half.token);
    for (name, value) in [
        ("actor_id", json!("")),
        ("actor_type", json!("user")),
        ("auth_provider", json!("emailpass")),
        ("mfa_enabled", json!(true)),
        ("mfa_challenge_completed_at", json!(null)),
        ("app_metadata", json!({})),
        ("user_metadata", json!({})),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
}

/// security.md 2 and 23
async fn verifying_a_challenge_starts_a_new_session(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    assert_eq!(half.challenge["methods"], json!(["totp"]));
    assert_eq!(app.count("audit_entries WHERE action = 'session.started'").await, 1, "a half session is not a sign-in");
    let answer = half.answer("totp", &app.next_code(&factor.secret)).await.ok();
    assert_eq!(answer.as_object().unwrap().len(), 1);
    let token = answer["token"].as_str().unwrap();
    let (claims, half_claims) = (forge::claims(token), forge::claims(&half.token));
    assert_ne!(claims["sid"], half_claims["sid"]);
    assert_eq!((&claims["actor_id"], &claims["mfa_enabled"]), (&json!(ada.id), &json!(true)));
    assert_eq!(claims["mfa_challenge_completed_at"], json!(app.clock_text()));
    app.bearer(token).get("/admin/users/me").await.ok();
    half.client.get("/admin/users/me").await.is(401, &json!({ "message": HALF }));
    let again = half.answer("totp", &app.next_code(&factor.secret)).await;
    again.is_error(400, "not_allowed", "MFA challenge has already been completed");
    assert_eq!(app.count("audit_entries WHERE action = 'session.started'").await, 2);
    // Each session is refreshed as what it is.
    let refreshed = app.bearer(token).post_nothing("/auth/token/refresh").await.ok();
    assert_eq!(
        forge::claims(refreshed["token"].as_str().unwrap())["mfa_challenge_completed_at"],
        claims["mfa_challenge_completed_at"]
    );
}

async fn wrong_codes_are_reported_in_the_words_of_the_reference(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    for (body, reasons) in [
        (json!({}), "Field 'method' is required; Field 'code' is required"),
        (json!({ "method": "totp" }), "Field 'code' is required"),
        (json!({ "code": "000000" }), "Field 'method' is required"),
        (json!({ "method": 1, "code": "1" }), "Expected type: 'string' for field 'method', got: '1'"),
        (json!({ "method": "totp", "code": 1 }), "Expected type: 'string' for field 'code', got: '1'"),
        (json!({ "method": "totp", "code": "1", "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "method": "totp", "code": "" }), "Value for field 'code' too small, expected at least: '1'"),
    ] {
        half.client.post(&half.path(), body).await.is_invalid(reasons);
    }
    for method in ["sms", "recovery_code", ""] {
        let message = format!("MFA challenge does not support method \"{method}\"");
        half.answer(method, WRONG_CODE).await.is_error(400, "invalid_data", &message);
    }
    for _ in 0..4 {
        half.answer("totp", WRONG_CODE).await.is_error(400, "not_allowed", "Invalid MFA challenge code");
    }
    for code in [WRONG_CODE.to_owned(), app.next_code(&factor.secret)] {
        half.answer("totp", &code).await.is_error(400, "not_allowed", "MFA challenge has too many failed attempts");
    }
}

async fn a_challenge_is_verified_in_time_by_its_own_user(app: TestApp) {
    let (ada, eve) = (app.user("ada@example.com").await, app.user("eve@example.com").await);
    let factor = app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    let body = |app: &TestApp| json!({ "method": "totp", "code": app.next_code(&factor.secret) });
    let not_found = format!("MFA challenge with id \"{}\" was not found", half.challenge["id"].as_str().unwrap());
    eve.post(&half.path(), body(&app)).await.is_error(404, "not_found", &not_found);
    let nosuch = half.client.post("/auth/mfa/challenges/authmfachal_nosuch/verify", body(&app)).await;
    nosuch.is_error(404, "not_found", "MFA challenge with id \"authmfachal_nosuch\" was not found");
    app.anonymous().post(&half.path(), body(&app)).await.is_unauthorized();
    app.bearer("rubbish").post(&half.path(), body(&app)).await.is_unauthorized();
    app.clock.advance(Duration::from_secs(300));
    half.client.post(&half.path(), body(&app)).await.is_error(404, "not_found", &not_found);
    // Also by a complete session of the same user, as in the reference.
    let half = app.pending_sign_in("ada@example.com").await;
    ada.post(&half.path(), body(&app)).await.ok();
}

async fn a_cookie_of_a_half_session_is_limited_as_well(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    let session = half.client.post_nothing("/auth/session").await;
    assert_eq!(session.ok()["user"]["actor_id"], "");
    let cookie = app.cookie(session.header("set-cookie").unwrap().split(';').next().unwrap());
    cookie.get("/admin/users/me").await.is(401, &json!({ "message": HALF }));
    let body = json!({ "method": "totp", "code": app.next_code(&factor.secret) });
    cookie.post(&half.path(), body).await.ok();
    cookie.get("/admin/users/me").await.is(401, &json!({ "message": HALF }));
    cookie.delete("/auth/session").await.ok();
    half.client.get("/admin/users/me").await.is_unauthorized();
}

/// security.md 18 and 19: as in the reference, a wrong code counts for the challenge also after a refresh.
async fn a_refreshed_half_token_is_limited_and_keeps_its_challenge(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    let refresh = async || PendingSignIn::of(&app, &half.client.post_nothing("/auth/token/refresh").await.ok());
    let newer = refresh().await;
    assert_eq!(newer.challenge, half.challenge);
    newer.client.get("/admin/users/me").await.is(401, &json!({ "message": HALF }));
    for attempts in 1..=4 {
        half.answer("totp", WRONG_CODE).await.is_error(400, "not_allowed", "Invalid MFA challenge code");
        let again = refresh().await;
        assert_eq!((&again.challenge["id"], &again.challenge["attempts"]), (&half.challenge["id"], &json!(attempts)));
    }
    let message = "MFA challenge has too many failed attempts";
    half.answer("totp", WRONG_CODE).await.is_error(400, "not_allowed", message);
    // A challenge that takes no more codes is replaced, as is an expired one.
    let next = refresh().await;
    assert_ne!(next.challenge["id"], half.challenge["id"]);
    app.clock.advance(Duration::from_secs(300));
    let last = refresh().await;
    assert_ne!(last.challenge["id"], next.challenge["id"]);
    last.answer("totp", &app.next_code(&factor.secret)).await.ok();
    // A half session lasts an hour.
    app.clock.advance(Duration::from_secs(60 * 60));
    half.client.post_nothing("/auth/token/refresh").await.is_unauthorized();
}

/// security.md 18: also as another type of actor.
async fn every_sign_in_method_requires_the_second_factor(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.enrol(&ada).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let customer = app.anonymous().post("/auth/customer/emailpass", body.clone()).await.ok();
    PendingSignIn::of(&app, &customer);
    let again = app.anonymous().post("/auth/user/emailpass/register", body).await;
    again.is_error(401, "unauthorized", "Identity with email already exists");
}

/// security.md 11 and 19
async fn failed_codes_are_counted_for_the_account(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    for _ in 0..5 {
        let half = app.pending_sign_in("ada@example.com").await;
        for _ in 0..2 {
            assert_eq!(half.answer("totp", WRONG_CODE).await.status, 400);
        }
    }
    app.clock.advance(Duration::from_secs(15 * 60));
    let half = app.pending_sign_in("ada@example.com").await;
    half.answer("totp", &app.next_code(&factor.secret)).await.ok();
    for _ in 0..2 {
        let half = app.pending_sign_in("ada@example.com").await;
        for _ in 0..5 {
            assert_eq!(half.answer("totp", WRONG_CODE).await.status, 400);
        }
    }
    let answer = app.pending_sign_in("ada@example.com").await.answer("totp", WRONG_CODE).await;
    assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("too_many_attempts")));
    assert!(answer.header("retry-after").is_some());
    // The owner's live session has a count of its own, over all of its routes.
    let verify = format!("/auth/mfa/factors/{}/verify", factor.id);
    for _ in 0..10 {
        assert_eq!(ada.post(&verify, json!({ "code": WRONG_CODE })).await.status, 400);
    }
    let change = json!({ "current_password": PASSWORD, "new_password": "Brand-new-quarry-19" });
    for answer in [ada.post(&verify, json!({ "code": WRONG_CODE })).await, ada.post("/auth/password", change).await] {
        assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("too_many_attempts")));
    }
}

/// security.md 21
async fn a_locked_user_cannot_verify_a_challenge(app: TestApp) {
    app.admin().await;
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    let id = ada.id.parse().unwrap();
    app.flows.users().lock_users(id).await.unwrap();
    let answer = half.answer("totp", &app.next_code(&factor.secret)).await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    app.flows.users().unlock_users(id).await.unwrap();
    half.answer("totp", &app.code(&factor.secret)).await.ok();
    app.flows.remove_user_account(id, &Context::operator()).await.unwrap();
    half.answer("totp", &app.next_code(&factor.secret)).await.is_unauthorized();
}

/// security.md 17
async fn of_sixty_four_concurrent_uses_of_one_code_in_two_processes_one_succeeds(place: Arc<TestDatabase>) {
    let one = TestApp::on(&place).open().await;
    let other = TestApp::on(&place).beside(&one).open().await;
    let ada = one.user("ada@example.com").await;
    let factor = one.enrol(&ada).await;
    let mut asks = Vec::new();
    let mut halves = Vec::new();
    for _ in 0..64 {
        halves.push(one.pending_sign_in("ada@example.com").await);
    }
    let body = json!({ "method": "totp", "code": one.next_code(&factor.secret) });
    for (number, half) in halves.iter().enumerate() {
        let app = if number % 2 == 0 { &one } else { &other };
        asks.push(app.bearer(&half.token).post(&half.path(), body.clone()));
    }
    let answers = together(64, |number| {
        let ask = asks[number].clone();
        async move { ask.await }
    })
    .await;
    let worked = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(worked, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400 | 429)));
}

/// security.md 18: a challenge that cannot be answered is not created, and nothing signs in by it.
async fn a_half_token_without_its_factor_grants_nothing(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    app.enrol(&ada).await;
    let half = app.pending_sign_in("ada@example.com").await;
    admin.delete(&format!("/admin/users/{}/mfa", ada.id)).await.ok();
    let refused = half.client.post_nothing("/auth/token/refresh").await;
    refused.is_error(401, "unauthorized", "Your second factor was removed in the meantime. Sign in again.");
    app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await;
}
