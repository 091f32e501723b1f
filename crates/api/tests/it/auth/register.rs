//! `POST /auth/{actor_type}/{provider}/register`

use std::sync::Arc;

use serde_json::json;
use vestibule_auth::ForbiddenPasswords;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{PASSWORD, TestApp, forge};

on_both_engines!(
    what_the_operator_forbids_is_refused_everywhere,
    a_registration_has_no_user,
    registering_again_returns_the_same_identity,
    an_address_with_a_user_cannot_be_registered,
    invalid_registrations_are_refused,
);

const REGISTER: &str = "/auth/user/emailpass/register";

async fn a_registration_has_no_user(app: TestApp) {
    let registered = app.registered("ada@example.com").await;
    let claims = forge::claims(&registered.token);
    assert_eq!((&claims["actor_id"], &claims["actor_type"]), (&json!(""), &json!("user")));
    assert_eq!((&claims["app_metadata"], &claims["user_metadata"]), (&json!({}), &json!({})));
    for path in ["/admin/users", "/admin/users/me", "/admin/invites"] {
        registered.get(path).await.is_unauthorized();
    }
    // Signing in works, and gives no user either.
    let signed_in = app.anonymous().sign_in("ada@example.com", PASSWORD).await.ok();
    let claims_then = forge::claims(signed_in["token"].as_str().unwrap());
    assert_eq!((&claims_then["actor_id"], &claims_then["auth_identity_id"]), (&json!(""), &claims["auth_identity_id"]));
    app.anonymous().sign_in("ada@example.com", "Other-harbour-77x").await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    // After a day the registration no longer exists.
    app.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
}

async fn registering_again_returns_the_same_identity(app: TestApp) {
    let identity = |token: &str| forge::claims(token)["auth_identity_id"].clone();
    let first = app.registered("Ada@example.com").await;
    let again = app.registered("ada@EXAMPLE.com").await;
    assert_eq!(identity(&first.token), identity(&again.token));
    // Another password makes another identity. The reference refuses it, so that a stranger can block the owner.
    let other = app.anonymous().register("ada@example.com", "Other-harbour-77x").await;
    assert_ne!(identity(&first.token), identity(&other.token));
    // The actor type belongs to the token, not to the registration.
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let customer = app.anonymous().post("/auth/customer/emailpass/register", body).await.ok();
    assert_eq!(identity(customer["token"].as_str().unwrap()), identity(&first.token));
}

/// notes E3
async fn an_address_with_a_user_cannot_be_registered(app: TestApp) {
    app.user("ada@example.com").await;
    for (path, email, password) in [
        (REGISTER, "ada@example.com", PASSWORD),
        (REGISTER, "ADA@example.com", "Other-harbour-77x"),
        ("/auth/customer/emailpass/register", "ada@example.com", PASSWORD),
    ] {
        let refused = app.anonymous().post(path, json!({ "email": email, "password": password })).await;
        refused.is_error(401, "unauthorized", "Identity with email already exists");
    }
}

/// security.md 8, 16
async fn invalid_registrations_are_refused(app: TestApp) {
    let register =
        |email: &str, password: &str| app.anonymous().post(REGISTER, json!({ "email": email, "password": password }));
    let form = "an e-mail address has the form name@example.com";
    let character = "the e-mail address contains a character that is not allowed";
    for (email, message) in [
        ("ada", form),
        ("@example.com", form),
        ("ada@", form),
        ("a b@example.com", character),
        ("ada@example.com, eve@example.com", character),
        ("ada@example.com\r\nBcc: eve@example.com", character),
        ("Ada <ada@example.com>", character),
        ("ada\u{200b}@example.com", character),
        ("ada@-example.com", "the part after the @ is not a domain name"),
        (
            &format!("{}@example.com", "a".repeat(65)),
            "the e-mail address is too long: 254 bytes at most, 64 of them before the @",
        ),
    ] {
        register(email, PASSWORD).await.is_error(400, "invalid_data", message);
    }
    for (password, message) in [
        ("1234567", "The password is too short: 8 characters at least"),
        ("😀😀😀😀😀😀😀", "The password is too short: 8 characters at least"),
        (
            "12345678",
            "The password is too easy to guess. This is a top-10 common password. Add another word or two. Uncommon \
             words are better.",
        ),
    ] {
        register("ada@example.com", password).await.is_coded(422, "invalid_data", "weak_password", message);
    }
    let too_long = register("ada@example.com", &"x".repeat(1_025)).await;
    too_long.is_coded(400, "invalid_data", "password_too_long", "The password is too long: 1024 characters at most");
    // Nothing is trimmed or cut: exactly these characters count.
    let longest: String = "Lantern trombone 😀 ".chars().cycle().take(1_024).collect();
    for (email, password) in [("a@example.com", " Lantern-trombone ".to_owned()), ("b@example.com", longest)] {
        register(email, &password).await.ok();
        app.anonymous().sign_in(email, &password).await.ok();
        let shorter: String = password.chars().skip(1).collect();
        app.anonymous().sign_in(email, &shorter).await.is_error(401, "unauthorized", "Invalid email or password");
    }
    let refused = app.anonymous().post("/auth/user/nosuch/register", json!({})).await;
    let message = "The actor type user is not allowed to use the auth provider nosuch";
    refused.is_error(400, "not_allowed", message);
}

/// security.md 8
async fn what_the_operator_forbids_is_refused_everywhere(place: Arc<TestDatabase>) {
    let list = "Harbour-quarry-78x\n";
    let forbidden = ForbiddenPasswords::build(list.as_bytes()).unwrap();
    let app = TestApp::on(&place).auth_options(|options| options.forbidden_passwords = Some(Arc::new(forbidden)));
    let app = app.open().await;
    let admin = app.admin().await;
    let message = "This password may not be used here: it is in the list of forbidden passwords. Choose another one.";
    let password = "harbour-quarry-78X";
    let invite = admin.post("/admin/invites", json!({ "email": "bob@example.com" })).await.ok();
    let token = &invite["invite"]["token"];
    let account = json!({ "email": "carl@example.com", "password": password });
    for (answer, status) in [
        (app.anonymous().post("/auth/user/emailpass/register", account.clone()).await, 422),
        (app.anonymous().post("/auth/invites/accept", json!({ "token": token, "password": password })).await, 400),
        (admin.post("/admin/users", account).await, 400),
        (admin.post("/auth/password", json!({ "current_password": PASSWORD, "new_password": password })).await, 400),
    ] {
        answer.is_coded(status, "invalid_data", "forbidden_password", message);
    }
    app.anonymous().register("ada@example.com", "Harbour-quarry-79x").await;
}
