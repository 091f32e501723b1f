//! A second factor that is set up before an invite is accepted, with the token of a registration.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Client, Factor, PASSWORD, PendingSignIn, Registered, TestApp, WRONG_CODE, together};

on_both_engines!(
    a_factor_is_set_up_before_the_invite_is_accepted,
    a_role_that_requires_a_factor_is_satisfied_by_one_set_up_before,
    a_registration_with_a_factor_needs_it_to_accept_an_invite,
    a_registrations_token_changes_no_factor_of_a_user,
    a_session_as_another_actor_changes_no_factor_of_a_user,
    a_factor_abandoned_before_the_invite_is_accepted_is_not_required,
    a_pending_factor_is_verified_by_the_user_afterwards,
    a_factor_of_a_registration_has_little_metadata,
    after_ten_minutes_a_registration_signs_in_again,
    concurrent_verification_and_acceptance_leave_an_enabled_factor_or_none,
);

const EMAIL: &str = "ada@example.com";

/// Starts a factor, which is pending.
async fn start(client: &Client) -> Factor {
    let started = client.post("/auth/mfa/factors", json!({ "provider": "totp" })).await.ok();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    Factor { id: text(&started["mfa_factor"]["id"]), secret: text(&started["secret"]) }
}

async fn enrol(app: &TestApp, registered: &Registered) -> Factor {
    let factor = start(registered).await;
    let path = format!("/auth/mfa/factors/{}/verify", factor.id);
    registered.post(&path, json!({ "code": app.code(&factor.secret) })).await.ok();
    factor
}

/// The response when the second factor is due.
fn due() -> Json {
    json!({ "message": "MFA verification is required to complete this request" })
}

/// Every request that reads or changes a second factor.
async fn refuses_all(client: &Client, factor: &Factor, code: &str) {
    let path = format!("/auth/mfa/factors/{}", factor.id);
    client.get("/auth/mfa/factors").await.is_unauthorized();
    client.post("/auth/mfa/factors", json!({ "provider": "totp", "password": PASSWORD })).await.is_unauthorized();
    client.post(&format!("{path}/verify"), json!({ "code": code })).await.is_unauthorized();
    client.post(&format!("{path}/verify"), json!({ "code": WRONG_CODE })).await.is_unauthorized();
    client.delete(&path).await.is_unauthorized();
    client.post("/auth/mfa/recovery-codes", json!({})).await.is_unauthorized();
}

async fn a_factor_is_set_up_before_the_invite_is_accepted(app: TestApp) {
    let invite = app.admin().await.invite(EMAIL).await;
    let (registered, elsewhere) = (app.registered(EMAIL).await, app.registered(EMAIL).await);
    registered.get("/auth/mfa/factors").await.is(200, &json!({ "mfa_factors": [] }));
    let factor = start(&registered).await;
    let verify = format!("/auth/mfa/factors/{}/verify", factor.id);
    registered.post(&verify, json!({ "code": WRONG_CODE })).await.is_error(400, "not_allowed", "Invalid TOTP code");
    assert_eq!(app.mfa_events().await, []);
    let verified = registered.post(&verify, json!({ "code": app.code(&factor.secret) })).await.ok();
    assert_eq!(verified["mfa_factor"]["status"], "enabled");
    registered.get("/auth/mfa/factors").await.is(200, &json!({ "mfa_factors": [verified["mfa_factor"]] }));
    assert_eq!(app.mfa_events().await.len(), 1);
    let identity = verified["mfa_factor"]["auth_identity_id"].as_str().unwrap();
    assert_eq!(app.audited("mfa.enabled").await[0]["target_id"], json!(identity));
    // Security.md 18: every other session ends.
    elsewhere.get("/auth/mfa/factors").await.is_unauthorized();
    let codes = registered.post("/auth/mfa/recovery-codes", json!({})).await.ok();

    let user = registered.accept(&invite.token).await.ok()["user"].clone();
    let half = app.pending_sign_in(EMAIL).await;
    half.client.get("/admin/users/me").await.is(401, &due());
    half.answer("totp", WRONG_CODE).await.is_error(400, "not_allowed", "Invalid MFA challenge code");
    let token = half.answer("totp", &app.next_code(&factor.secret)).await.ok()["token"].clone();
    let signed_in = app.bearer(token.as_str().unwrap());
    assert_eq!(signed_in.get("/admin/users/me").await.ok()["user"]["id"], user["id"]);
    let mut used = verified["mfa_factor"].clone();
    used["last_used_at"] = json!(app.clock_text());
    signed_in.get("/auth/mfa/factors").await.is(200, &json!({ "mfa_factors": [used] }));
    let code = codes["recovery_codes"][0].as_str().unwrap();
    app.pending_sign_in(EMAIL).await.answer("recovery_code", code).await.ok();
}

async fn a_role_that_requires_a_factor_is_satisfied_by_one_set_up_before(app: TestApp) {
    let admin = app.admin().await;
    let strict = app.role("Strict", &["user:read"]).await.id;
    admin.post(&format!("/admin/rbac/roles/{strict}"), json!({ "requires_mfa": true })).await.ok();
    for (email, enrols) in [("ada@example.com", true), ("bob@example.com", false)] {
        let invited = admin.post("/admin/invites", json!({ "email": email, "roles": [strict] })).await.ok();
        let registered = app.registered(email).await;
        if enrols {
            enrol(&app, &registered).await;
        }
        registered.accept(invited["invite"]["token"].as_str().unwrap()).await.ok();
        let token = registered.post_nothing("/auth/token/refresh").await.ok()["token"].clone();
        let answer = app.bearer(token.as_str().unwrap()).get("/admin/users").await;
        match enrols {
            true => assert_eq!(answer.ok()["count"], 2),
            false => assert_eq!(answer.json()["code"], "mfa_enrolment_required"),
        }
    }
}

/// security.md 18
async fn a_registration_with_a_factor_needs_it_to_accept_an_invite(app: TestApp) {
    let invite = app.admin().await.invite(EMAIL).await;
    let factor = enrol(&app, &app.registered(EMAIL).await).await;
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let again = app.anonymous().post("/auth/user/emailpass/register", body).await.ok();
    for half in [PendingSignIn::of(&app, &again), app.pending_sign_in(EMAIL).await] {
        half.client.accept(&invite.token).await.is(401, &due());
        half.client.get("/auth/mfa/factors").await.is(401, &due());
        half.client.delete(&format!("/auth/mfa/factors/{}", factor.id)).await.is(401, &due());
    }
    let half = app.pending_sign_in(EMAIL).await;
    let token = half.answer("totp", &app.next_code(&factor.secret)).await.ok()["token"].clone();
    app.bearer(token.as_str().unwrap()).accept(&invite.token).await.ok();
}

/// security.md 4 and 20
async fn a_registrations_token_changes_no_factor_of_a_user(app: TestApp) {
    let invite = app.admin().await.invite(EMAIL).await;
    let registered = app.registered(EMAIL).await;
    let factor = start(&registered).await;
    registered.accept(&invite.token).await.ok();
    refuses_all(&registered, &factor, &app.code(&factor.secret)).await;
    // Both with an enabled factor of the user, and with none any more.
    let user = app.anonymous().sign_in_as_user(EMAIL, PASSWORD).await;
    let path = format!("/auth/mfa/factors/{}", factor.id);
    user.post(&format!("{path}/verify"), json!({ "code": app.code(&factor.secret) })).await.ok();
    refuses_all(&registered, &factor, &app.next_code(&factor.secret)).await;
    user.delete(&path).await.ok();
    refuses_all(&registered, &factor, &app.next_code(&factor.secret)).await;
    assert_eq!(user.get("/auth/mfa/factors").await.ok()["mfa_factors"].as_array().unwrap().len(), 1);
}

async fn a_session_as_another_actor_changes_no_factor_of_a_user(app: TestApp) {
    let user = app.user(EMAIL).await;
    let factor = start(&user).await;
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let customer = app.anonymous().post("/auth/customer/emailpass", body).await.ok()["token"].clone();
    let customer = app.bearer(customer.as_str().unwrap());
    refuses_all(&customer, &factor, &app.code(&factor.secret)).await;
}

async fn a_factor_abandoned_before_the_invite_is_accepted_is_not_required(app: TestApp) {
    let invite = app.admin().await.invite(EMAIL).await;
    let registered = app.registered(EMAIL).await;
    for is_enabled in [true, false] {
        let factor = if is_enabled { enrol(&app, &registered).await } else { start(&registered).await };
        let deleted = registered.delete(&format!("/auth/mfa/factors/{}", factor.id)).await.ok();
        assert_eq!(deleted["mfa_factor"]["status"], "disabled");
    }
    registered.accept(&invite.token).await.ok();
    let user = app.anonymous().sign_in_as_user(EMAIL, PASSWORD).await;
    user.get("/admin/users/me").await.ok();
}

async fn a_pending_factor_is_verified_by_the_user_afterwards(app: TestApp) {
    let invite = app.admin().await.invite(EMAIL).await;
    let registered = app.registered(EMAIL).await;
    let factor = start(&registered).await;
    registered.accept(&invite.token).await.ok();
    let token = registered.post_nothing("/auth/token/refresh").await.ok()["token"].clone();
    let user = app.bearer(token.as_str().unwrap());
    let path = format!("/auth/mfa/factors/{}/verify", factor.id);
    user.post(&path, json!({ "code": app.code(&factor.secret) })).await.ok();
    app.pending_sign_in(EMAIL).await.answer("totp", &app.next_code(&factor.secret)).await.ok();
}

/// Anyone can register: what strangers store is limited.
async fn a_factor_of_a_registration_has_little_metadata(app: TestApp) {
    let (registered, user) = (app.registered("new@example.com").await, app.user(EMAIL).await);
    let body = json!({ "provider": "totp", "metadata": { "x": "x".repeat(3_000) } });
    let message = "Before an invite is accepted, the metadata of a second factor has at most 2 KiB and 4 levels";
    registered.post("/auth/mfa/factors", body.clone()).await.is_error(400, "invalid_data", message);
    user.post("/auth/mfa/factors", body).await.ok();
    registered.post("/auth/mfa/factors", json!({ "provider": "totp", "metadata": { "x": 1 } })).await.ok();
}

/// security.md 20
async fn after_ten_minutes_a_registration_signs_in_again(app: TestApp) {
    let registered = app.registered(EMAIL).await;
    app.clock.advance(std::time::Duration::from_secs(11 * 60));
    let refused = registered.post("/auth/mfa/factors", json!({ "provider": "totp" })).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("fresh_proof_required")));
    let with_password = json!({ "provider": "totp", "password": PASSWORD });
    let refused = registered.post("/auth/mfa/factors", with_password).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("fresh_proof_required")));
    // The same registration, signed in with its password.
    enrol(&app, &app.registered(EMAIL).await).await;
}

async fn concurrent_verification_and_acceptance_leave_an_enabled_factor_or_none(app: TestApp) {
    let admin = app.admin().await;
    for round in 0..8 {
        let email = format!("ada{round}@example.com");
        let invite = admin.invite(&email).await;
        let registered = app.registered(&email).await;
        let factor = start(&registered).await;
        let path = format!("/auth/mfa/factors/{}/verify", factor.id);
        let code = app.code(&factor.secret);
        let answers = together(2, |number| match number {
            0 => registered.post(&path, json!({ "code": code })).into_future(),
            _ => registered.accept(&invite.token).into_future(),
        });
        let answers = answers.await;
        let is_verified = answers[0].status == 200;
        assert!(is_verified || answers[0].status == 401, "{}", answers[0].text());
        answers[1].ok();
        let signed_in = app.anonymous().sign_in(&email, PASSWORD).await.ok();
        assert_eq!(signed_in["mfa_required"] == true, is_verified, "{signed_in}");
    }
}
