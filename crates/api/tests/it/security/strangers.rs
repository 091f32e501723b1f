//! 6: a stranger who registers an address first can neither block nor take over its invite.

use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    accepting_an_invite_deletes_an_earlier_registration,
    many_registrations_do_not_block_the_invite,
    a_registration_after_the_invite_needs_its_token,
    creating_a_user_deletes_earlier_registrations,
    guessing_the_password_of_a_registration_grants_no_access,
);

const EMAIL: &str = "ada@example.com";

async fn accepting_an_invite_deletes_an_earlier_registration(app: TestApp) {
    let stranger = app.anonymous().register(EMAIL, "Stranger-harbour-77x").await;
    let by_cookie = stranger.post_nothing("/auth/session").await;
    let by_cookie = app.cookie(by_cookie.header("set-cookie").unwrap().split(';').next().unwrap());
    let body = json!({ "email": EMAIL, "password": "Stranger-harbour-77x" });
    let customer = app.anonymous().post("/auth/customer/emailpass", body).await.ok();
    let customer = app.bearer(customer["token"].as_str().unwrap());

    let ada = app.admin().await.invite_and_accept(EMAIL).await;
    app.anonymous().sign_in(EMAIL, "Stranger-harbour-77x").await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    for client in [&*stranger, &by_cookie, &customer] {
        client.get("/admin/users/me").await.is_unauthorized();
        client.post_nothing("/auth/token/refresh").await.is_unauthorized();
    }
    stranger.post_nothing("/auth/session").await.is_unauthorized();
    // Registering again fails as well: the address has a user now.
    let again = json!({ "email": EMAIL, "password": "Stranger-harbour-77x" });
    let refused = app.anonymous().post("/auth/user/emailpass/register", again).await;
    refused.is_error(401, "unauthorized", "Identity with email already exists");
    ada.get("/admin/users/me").await.ok();
}

async fn many_registrations_do_not_block_the_invite(place: Arc<TestDatabase>) {
    // More attempts than an account has: that limit is tested elsewhere.
    let app = TestApp::on(&place).auth_options(|options| options.attempts.most = 0).open().await;
    let mut strangers = Vec::new();
    for number in 0..40 {
        // In every spelling of the address, each with a different password.
        let email = if number % 2 == 0 { EMAIL.to_owned() } else { EMAIL.to_uppercase() };
        strangers.push(app.anonymous().register(&email, &format!("Stranger-harbour-{number}")).await);
    }
    let admin = app.admin().await;
    let invite = admin.invite(EMAIL).await;
    app.anonymous().accept_with_password(&invite.token, PASSWORD).await.ok();
    for (number, stranger) in strangers.iter().enumerate() {
        stranger.post_nothing("/auth/token/refresh").await.is_unauthorized();
        let sign_in = app.anonymous().sign_in(EMAIL, &format!("Stranger-harbour-{number}")).await;
        sign_in.is_error(401, "unauthorized", "Invalid email or password");
    }
    app.anonymous().sign_in_as_user(EMAIL, PASSWORD).await;
}

async fn a_registration_after_the_invite_needs_its_token(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite(EMAIL).await;
    let stranger = app.anonymous().register(EMAIL, "Stranger-harbour-77x").await;
    let ada = app.registered(EMAIL).await;
    // Without the token of the invite the registration grants nothing.
    for token in ["", "rubbish", stranger.token.as_str()] {
        assert_eq!(stranger.accept(token).await.status, 401);
    }
    ada.accept(&invite.token).await.ok();
    // With it the stranger is too late.
    assert_eq!(stranger.accept(&invite.token).await.status, 401);
    app.anonymous().sign_in_as_user(EMAIL, PASSWORD).await;
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 2);
}

async fn creating_a_user_deletes_earlier_registrations(app: TestApp) {
    let stranger = app.anonymous().register(EMAIL, "Stranger-harbour-77x").await;
    let admin = app.admin().await;
    admin.post("/admin/users", json!({ "email": EMAIL, "password": PASSWORD })).await.ok();
    stranger.post_nothing("/auth/token/refresh").await.is_unauthorized();
    app.anonymous().sign_in(EMAIL, "Stranger-harbour-77x").await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    app.anonymous().sign_in_as_user(EMAIL, PASSWORD).await;
}

/// A stranger who guesses the password of a registration shares that registration. It has no user, and gets none
/// without the invite.
async fn guessing_the_password_of_a_registration_grants_no_access(app: TestApp) {
    let (stranger, ada) = (app.registered(EMAIL).await, app.registered(EMAIL).await);
    let invite = app.admin().await.invite(EMAIL).await;
    ada.accept(&invite.token).await.ok();
    stranger.get("/admin/users/me").await.is_unauthorized();
    assert_eq!(stranger.accept(&invite.token).await.json()["code"], "invite_already_accepted");
}
