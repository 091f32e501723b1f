//! `POST /admin/invites/accept`: who does not come in, and why.

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;

use super::History;
use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    each_reason_is_told_by_name,
    another_address_does_not_come_in,
    other_actors_and_users_do_not_come_in,
    a_user_of_the_address_who_came_in_meanwhile_is_told,
    a_registration_that_waited_too_long_is_over,
    what_cannot_be_read_is_refused_and_nothing_changes,
);

const ACCEPT: &str = "/admin/invites/accept";

async fn each_reason_is_told_by_name(app: TestApp) {
    let history = History::of(app).await;
    let app = &history.app;
    let anew = history.admin.post_nothing(&format!("/admin/invites/{}/resend", history.pending.id)).await.ok();
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
    // One that was accepted says so, whoever comes with it.
    let message = "This invite was already accepted on 2026-11-22. Sign in instead.";
    for answer in [
        app.registered("pending@y.test").await.accept(&history.accepted.token).await,
        app.anonymous().accept_with_password(&history.accepted.token, PASSWORD).await,
        app.anonymous().post("/auth/invites/preview", json!({ "token": history.accepted.token })).await,
    ] {
        answer.is_coded(401, "unauthorized", "invite_already_accepted", message);
    }
    let token = anew["invite"]["token"].as_str().unwrap();
    app.registered("pending@y.test").await.accept(token).await.ok();
}

/// security.md 5; to the reference the address in the body is as good as the invited one (notes D)
async fn another_address_does_not_come_in(app: TestApp) {
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
async fn other_actors_and_users_do_not_come_in(app: TestApp) {
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
    // The same registration, as a user, is let in; and is the customer's still.
    app.registered("ada@example.com").await.accept(&invite.token).await.ok();
}

async fn a_user_of_the_address_who_came_in_meanwhile_is_told(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    // As a program does that has the User Module alone; the routes take the invite back.
    let user = CreateUser::new("ADA@example.com".parse().unwrap());
    app.flows.users().create_users(user).await.unwrap();
    let message = "User with email: ada@example.com, already exists.";
    for answer in [
        app.registered("ada@example.com").await.accept(&invite.token).await,
        app.anonymous().accept_with_password(&invite.token, PASSWORD).await,
    ] {
        answer.is_coded(400, "invalid_data", "email_taken", message);
    }
    // Nothing was changed by the attempts.
    assert_eq!(admin.get(&format!("/admin/invites/{}", invite.id)).await.ok()["invite"]["state"], "pending");
}

async fn a_registration_that_waited_too_long_is_over(app: TestApp) {
    let registered = app.registered("ada@example.com").await;
    app.clock.advance(Duration::from_secs(23 * 60 * 60));
    let refreshed = registered.post_nothing("/auth/token/refresh").await.ok();
    let refreshed = app.bearer(refreshed["token"].as_str().unwrap());
    let invite = app.admin().await.invite("ada@example.com").await;
    app.clock.advance(Duration::from_secs(60 * 60));
    // A refreshed token does not outlive what was registered.
    registered.accept(&invite.token).await.is_unauthorized();
    refreshed.accept(&invite.token).await.is_unauthorized();
    app.registered("ada@example.com").await.accept(&invite.token).await.ok();
}

/// notes D
async fn what_cannot_be_read_is_refused_and_nothing_changes(app: TestApp) {
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
