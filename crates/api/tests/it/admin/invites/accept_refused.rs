//! `POST /admin/invites/accept`: invites that are not accepted, and the reasons.

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;

use super::History;
use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    each_reason_has_its_code,
    accept_with_another_address_is_refused,
    accept_by_other_actors_and_users_is_refused,
    accept_when_the_address_already_has_a_user_is_refused,
    accept_with_an_expired_registration_is_refused,
    accept_with_an_invalid_body_is_refused_without_effect,
);

const ACCEPT: &str = "/admin/invites/accept";

async fn each_reason_has_its_code(app: TestApp) {
    let history = History::of(app).await;
    let app = &history.app;
    let resent = history.admin.post_nothing(&format!("/admin/invites/{}/resend", history.pending.id)).await.ok();
    for (token, email, code, message) in [
        (
            history.expired.token.as_str(),
            "expired@y.test",
            "invite_expired",
            "This invite expired on 2026-11-23. Ask for a new one.",
        ),
        (
            &history.revoked.token,
            "revoked@y.test",
            "invite_revoked",
            "This invite was withdrawn on 2026-11-22. Ask the person who invited you for a new one.",
        ),
        (
            &history.replaced.token,
            "pending@y.test",
            "invite_token_replaced",
            "This invite was sent again on 2026-11-23. Use the link in the newer mail, or ask for a new one.",
        ),
        (
            &history.pending.token,
            "pending@y.test",
            "invite_token_replaced",
            "This invite was sent again on 2026-11-23. Use the link in the newer mail, or ask for a new one.",
        ),
        (
            "rubbish",
            "pending@y.test",
            "invite_token_invalid",
            "This is not a valid invite link. Open the link exactly as it stands in the mail, or ask for a new one.",
        ),
    ] {
        let registered = app.registered(email).await;
        registered.accept(token).await.is_coded(401, "unauthorized", code, message);
        app.anonymous().accept_with_password(token, PASSWORD).await.is_coded(401, "unauthorized", code, message);
        let preview = app.anonymous().post("/auth/invites/preview", json!({ "token": token })).await;
        preview.is_coded(401, "unauthorized", code, message);
    }
    // An accepted invite is reported as such to every caller.
    let message = "This invite was already accepted on 2026-11-22. Sign in instead.";
    for answer in [
        app.registered("pending@y.test").await.accept(&history.accepted.token).await,
        app.anonymous().accept_with_password(&history.accepted.token, PASSWORD).await,
        app.anonymous().post("/auth/invites/preview", json!({ "token": history.accepted.token })).await,
    ] {
        answer.is_coded(401, "unauthorized", "invite_already_accepted", message);
    }
    let token = resent["invite"]["token"].as_str().unwrap();
    app.registered("pending@y.test").await.accept(token).await.ok();
}

/// security.md 5; the reference takes the address in the body in place of the invited one (notes D)
async fn accept_with_another_address_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("Ada@example.com").await;
    let message = "This invite is for Ada@example.com. Register with that address, or ask for an invite to yours.";
    let eve = app.registered("eve@example.com").await;
    eve.accept(&invite.token).await.is_coded(400, "invalid_data", "invite_for_another_address", message);
    let ada = app.registered("ada@example.com").await;
    let path = format!("{ACCEPT}?token={}", invite.token);
    let reasons = "Field 'email' must be the invited address; leave it out";
    for (client, email) in [(&ada, "eve@example.com"), (&eve, "eve@example.com")] {
        client.post(&path, json!({ "email": email })).await.is_invalid(reasons);
    }
    let repeated = eve.post(&path, json!({ "email": "ada@example.com" })).await;
    repeated.is_coded(400, "invalid_data", "invite_for_another_address", message);
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 1);
    ada.accept(&invite.token).await.ok();
}

/// notes D
async fn accept_by_other_actors_and_users_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    app.anonymous().accept(&invite.token).await.is_unauthorized();
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    let customer = app.anonymous().post("/auth/customer/emailpass/register", credentials).await.ok();
    app.bearer(customer["token"].as_str().unwrap()).accept(&invite.token).await.is_unauthorized();
    for user in [admin.clone(), app.user("bob@example.com").await] {
        let message = "The user is already authenticated and cannot accept an invite.";
        user.accept(&invite.token).await.is_error(400, "invalid_data", message);
    }
    // The same registration is accepted for a user, and stays the customer's.
    app.registered("ada@example.com").await.accept(&invite.token).await.ok();
}

async fn accept_when_the_address_already_has_a_user_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    // Like an embedder that uses the User Module alone; the routes revoke the invite.
    let user = CreateUser::new("ADA@example.com".parse().unwrap());
    app.flows.users().create_users(user).await.unwrap();
    let message = "User with email: ada@example.com, already exists.";
    for answer in [
        app.registered("ada@example.com").await.accept(&invite.token).await,
        app.anonymous().accept_with_password(&invite.token, PASSWORD).await,
    ] {
        answer.is_coded(400, "invalid_data", "email_taken", message);
    }
    // The attempts have changed nothing.
    assert_eq!(admin.get(&format!("/admin/invites/{}", invite.id)).await.ok()["invite"]["state"], "pending");
}

async fn accept_with_an_expired_registration_is_refused(app: TestApp) {
    let registered = app.registered("ada@example.com").await;
    app.clock.advance(Duration::from_secs(23 * 60 * 60));
    let refreshed = registered.post_nothing("/auth/token/refresh").await.ok();
    let refreshed = app.bearer(refreshed["token"].as_str().unwrap());
    let invite = app.admin().await.invite("ada@example.com").await;
    app.clock.advance(Duration::from_secs(60 * 60));
    // A refreshed token does not outlive the registration.
    registered.accept(&invite.token).await.is_unauthorized();
    refreshed.accept(&invite.token).await.is_unauthorized();
    app.registered("ada@example.com").await.accept(&invite.token).await.ok();
}

/// notes D
async fn accept_with_an_invalid_body_is_refused_without_effect(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    let registered = app.registered("ada@example.com").await;
    let path = format!("{ACCEPT}?token={}", invite.token);
    for (path, body, reasons) in [
        (ACCEPT, json!({}), "Field 'token' is required"),
        (ACCEPT, json!({ "token": invite.token }), "Field 'token' is required"),
        (
            &format!("{path}&token=x"),
            json!({}),
            &format!("Expected type: 'string' for field 'token', got: '{},x'", invite.token),
        ),
        (&format!("{path}&nosuch=1"), json!({ "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (&path, json!({ "token": "x" }), "Unrecognized fields: 'token'"),
        (&path, json!({ "avatar_url": "x" }), "Unrecognized fields: 'avatar_url'"),
        (&path, json!({ "metadata": {} }), "Unrecognized fields: 'metadata'"),
        (&path, json!({ "roles": [] }), "Unrecognized fields: 'roles'"),
        (&path, json!({ "password": "x" }), "Unrecognized fields: 'password'"),
        (&path, json!({ "email": 5 }), "Expected type: 'string' for field 'email', got: '5'"),
        (
            &path,
            json!({ "email": "" }),
            "Invalid value for field 'email': an e-mail address has the form name@example.com",
        ),
        (&path, json!({ "first_name": [] }), "Expected type: 'string' for field 'first_name', got: ''"),
        (
            &path,
            json!({ "first_name": 5, "last_name": 6, "nosuch": 1 }),
            "Expected type: 'string' for field 'first_name', got: '5'; Expected type: 'string' for field 'last_name', got: '6'; Unrecognized fields: 'nosuch'",
        ),
        (&path, json!([]), "Field '' is required"),
    ] {
        registered.post(path, body).await.is_invalid(reasons);
    }
    let empty = registered.post(&format!("{ACCEPT}?token="), json!({})).await;
    assert_eq!((empty.status, empty.json()["code"].as_str()), (401, Some("invite_token_invalid")));
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 1);
    registered.accept(&invite.token).await.ok();
}
