//! `POST /auth/password`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    the_current_password_allows_a_new_one,
    refused_changes_have_no_effect,
    failed_attempts_are_counted_for_the_session,
    changing_a_password_requires_a_session_of_a_user,
);

const ADA: &str = "ada@example.com";
const CHANGE: &str = "/auth/password";
const NEW: &str = "Brand-new-quarry-19";

/// security.md 13
async fn the_current_password_allows_a_new_one(app: TestApp) {
    let (here, elsewhere) = (app.user(ADA).await, app.user(ADA).await);
    let token = app.reset_token(ADA).await;
    let body = json!({ "current_password": PASSWORD, "new_password": NEW });
    here.post(CHANGE, body).await.is(200, &json!({ "success": true }));
    here.get("/admin/users/me").await.ok();
    elsewhere.get("/admin/users/me").await.is_unauthorized();
    let refused = app.bearer(&token).post("/auth/user/emailpass/update", json!({ "password": PASSWORD })).await;
    assert_eq!(refused.status, 401, "an earlier reset token");
    app.anonymous().sign_in(ADA, PASSWORD).await.is_error(401, "unauthorized", "Invalid email or password");
    app.anonymous().sign_in_as_user(ADA, NEW).await;
    assert_eq!(app.events("auth.password_changed").await.len(), 1, "the owner is notified");
    let entries = app.audited("password.changed").await;
    assert_eq!(
        (entries.len(), &entries[0]["actor_id"], &entries[0]["target_id"]),
        (1, &json!(here.id), &json!(here.id))
    );
    assert!(!entries[0].to_string().contains(NEW));
}

/// security.md 8
async fn refused_changes_have_no_effect(app: TestApp) {
    let (here, elsewhere) = (app.user(ADA).await, app.user(ADA).await);
    here.post(CHANGE, json!({ "current_password": PASSWORD })).await.is_invalid("Field 'new_password' is required");
    let wrong = here.post(CHANGE, json!({ "current_password": NEW, "new_password": NEW })).await;
    let message = "The current password is wrong. Try again, or reset it by mail.";
    wrong.is_coded(400, "invalid_data", "wrong_password", message);
    for (new, message) in [
        ("1234567", "The password is too short: 8 characters at least"),
        (
            ADA,
            "The password is little more than your name or e-mail address. Use a few words that have nothing to do with you.",
        ),
    ] {
        let refused = here.post(CHANGE, json!({ "current_password": PASSWORD, "new_password": new })).await;
        refused.is_coded(400, "invalid_data", "weak_password", message);
    }
    elsewhere.get("/admin/users/me").await.ok();
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
}

/// security.md 11: a live session has a count of its own, which no stranger can exhaust.
async fn failed_attempts_are_counted_for_the_session(app: TestApp) {
    let ada = app.user(ADA).await;
    for round in 0..10 {
        let wrong = json!({ "current_password": format!("Wrong-lantern-{round}"), "new_password": NEW });
        assert_eq!(ada.post(CHANGE, wrong).await.status, 400);
    }
    let right = json!({ "current_password": PASSWORD, "new_password": NEW });
    let refused = ada.post(CHANGE, right.clone()).await;
    let message = "Too many failed attempts for this account. Wait 15 minutes, or reset the password by mail.";
    refused.is_coded(429, "too_many_requests", "too_many_attempts", message);
    assert_eq!(refused.header("retry-after"), Some("900"));
    let another = app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
    // The owner signs in by a mailed link at any time, and the new session can change it immediately.
    let token = app.reset_token(ADA).await;
    app.bearer(&token).post("/auth/user/emailpass/update", json!({ "password": NEW })).await.ok();
    another.post(CHANGE, right).await.is_unauthorized();
    let ada = app.anonymous().sign_in_as_user(ADA, NEW).await;
    ada.post(CHANGE, json!({ "current_password": NEW, "new_password": PASSWORD })).await.ok();
}

async fn changing_a_password_requires_a_session_of_a_user(app: TestApp) {
    app.user(ADA).await;
    let body = || json!({ "current_password": PASSWORD, "new_password": NEW });
    app.anonymous().post(CHANGE, body()).await.is_unauthorized();
    app.registered("waiting@example.com").await.post(CHANGE, body()).await.is_unauthorized();
    let token = app.reset_token(ADA).await;
    app.bearer(&token).post(CHANGE, body()).await.is_unauthorized();
}
