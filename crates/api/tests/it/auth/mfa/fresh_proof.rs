//! What requires more than a session that was left open (security.md 20).

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Factor, PASSWORD, TestApp, User, WRONG_CODE};

on_both_engines!(
    a_proof_is_required_ten_minutes_after_the_sign_in,
    with_a_factor_the_proof_is_a_code_that_counts_once,
    wrong_proofs_are_counted,
);

const RECOVERY_CODES: &str = "/auth/mfa/recovery-codes";

#[track_caller]
fn assert_due(answer: &Answer) {
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("fresh_proof_required")), "{}", answer.text());
}

/// A user with a factor, whose last proof is a little more than ten minutes old.
async fn stale(app: &TestApp) -> (User, Factor) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    (ada, factor)
}

async fn a_proof_is_required_ten_minutes_after_the_sign_in(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    assert_due(&ada.post("/auth/mfa/factors", json!({ "provider": "totp" })).await);
    let again = app.user("ada@example.com").await;
    app.clock.advance(Duration::from_secs(10 * 60));
    let factor = app.enrol(&again).await;
    app.clock.advance(Duration::from_secs(10 * 60));
    again.post(RECOVERY_CODES, json!({})).await.ok();
    app.clock.advance(Duration::from_secs(1));
    assert_due(&again.post(RECOVERY_CODES, json!({})).await);
    assert_due(&again.delete(&format!("/auth/mfa/factors/{}", factor.id)).await);
    let listed = again.get("/auth/mfa/factors").await.ok();
    assert_eq!(listed["mfa_factors"][0]["status"], "enabled");
    // A code of the factor is a new proof, for ten minutes.
    let path = format!("/auth/mfa/factors/{}/verify", factor.id);
    again.post(&path, json!({ "code": app.next_code(&factor.secret) })).await.ok();
    again.delete(&format!("/auth/mfa/factors/{}", factor.id)).await.ok();
}

async fn with_a_factor_the_proof_is_a_code_that_counts_once(app: TestApp) {
    let (ada, factor) = stale(&app).await;
    // The password alone is no proof, as at the sign-in.
    assert_due(&ada.post(RECOVERY_CODES, json!({ "password": PASSWORD })).await);
    assert_due(&ada.delete(&format!("/auth/mfa/factors/{}", factor.id)).json(&json!({ "password": PASSWORD })).await);
    let code = app.code(&factor.secret);
    let codes = ada.post(RECOVERY_CODES, json!({ "code": code })).await.ok();
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let wrong = |answer: Answer| assert_eq!(answer.json()["code"], "wrong_code", "{}", answer.text());
    wrong(ada.post(RECOVERY_CODES, json!({ "code": code })).await);
    let recovery = codes["recovery_codes"][0].clone();
    wrong(ada.post(RECOVERY_CODES, json!({ "code": recovery, "method": "totp" })).await);
    let new = ada.post(RECOVERY_CODES, json!({ "code": recovery, "method": "recovery_code" })).await.ok();
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    wrong(ada.post(RECOVERY_CODES, json!({ "code": recovery })).await);
    let path = format!("/auth/mfa/factors/{}", factor.id);
    let body: Json = json!({ "code": new["recovery_codes"][0], "method": "recovery_code" });
    ada.delete(&path).json(&body).await.ok();
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    // Without a factor, the password is the proof.
    ada.post("/auth/mfa/factors", json!({ "provider": "totp", "password": PASSWORD })).await.ok();
    app.clock.advance(Duration::from_secs(9 * 60));
    let cached = ada.get("/auth/mfa/factors").await.ok();
    let pending = cached["mfa_factors"][1]["id"].as_str().unwrap();
    ada.delete(&format!("/auth/mfa/factors/{pending}")).await.ok();
}

/// security.md 11
async fn wrong_proofs_are_counted(app: TestApp) {
    let (ada, factor) = stale(&app).await;
    let bob = app.user("bob@example.com").await;
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let answer = bob.post("/auth/mfa/factors", json!({ "provider": "totp", "password": "Other-harbour-77x" })).await;
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("wrong_password")));
    for _ in 0..10 {
        let answer = ada.post(RECOVERY_CODES, json!({ "code": WRONG_CODE })).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("wrong_code")));
    }
    let answer = ada.post(RECOVERY_CODES, json!({ "code": app.next_code(&factor.secret) })).await;
    assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("too_many_attempts")));
}
