//! `POST /admin/invites/accept`: invites that are accepted.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp, User};

on_both_engines!(
    accept_with_a_registration_of_the_invited_address_creates_a_user,
    names_are_optional,
    accept_takes_the_address_in_any_spelling,
    an_earlier_session_belongs_to_the_user_after_a_refresh,
    accept_works_with_a_cookie,
);

async fn invited(app: &TestApp, email: &str) -> (User, String) {
    let admin = app.admin().await;
    let token = admin.invite(email).await.token;
    (admin, format!("/admin/invites/accept?token={token}"))
}

async fn accept_with_a_registration_of_the_invited_address_creates_a_user(app: TestApp) {
    let (admin, accept) = invited(&app, "Ada@Example.com").await;
    let registered = app.registered("ada@example.com").await;
    let body = json!({ "first_name": "Ada", "last_name": "Lovelace" });
    let accepted = registered.post(&accept, body).await.ok();
    let (id, now) = (&accepted["user"]["id"], "2026-11-22T09:30:00.000Z");
    // The address is stored as it was invited.
    assert_eq!(
        accepted,
        json!({ "user": {
            "id": id, "email": "Ada@Example.com", "first_name": "Ada", "last_name": "Lovelace", "avatar_url": null,
            "phone": null, "metadata": null, "locked_at": null, "last_seen_at": null, "created_at": now, "updated_at": now, "deleted_at": null,
        } })
    );
    let ada = app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await;
    assert_eq!(id, &json!(ada.id));
    // Until roles arrive, every user has all permissions.
    ada.invite("bob@example.com").await;
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 2);
    let providers = admin.get(&format!("/admin/users/{}/auth-providers", ada.id)).await;
    providers.is(200, &json!({ "providers": ["emailpass"] }));
}

/// notes D
async fn names_are_optional(app: TestApp) {
    for (number, body) in
        [json!({}), json!({ "last_name": null }), json!({ "first_name": null }), json!({ "email": null })]
            .iter()
            .enumerate()
    {
        let email = format!("u{number}@example.com");
        let (_, accept) = invited(&app, &email).await;
        let accepted = app.registered(&email).await.post(&accept, body.clone()).await.ok();
        let user = &accepted["user"];
        assert_eq!(
            (&user["email"], &user["first_name"], &user["last_name"]),
            (&json!(email), &json!(null), &json!(null))
        );
    }
    let (_, accept) = invited(&app, "nobody@example.com").await;
    app.registered("nobody@example.com").await.post_nothing(&accept).await.ok();
    // The reference ignores `fields` here.
    let (_, accept) = invited(&app, "fields@example.com").await;
    let registered = app.registered("fields@example.com").await;
    let shown = registered.post(&format!("{accept}&fields=first_name"), json!({ "first_name": "A" })).await.ok();
    assert_eq!(shown["user"]["first_name"], "A");
}

async fn accept_takes_the_address_in_any_spelling(app: TestApp) {
    let (_, accept) = invited(&app, "Ada@Example.com").await;
    let registered = app.registered("ADA@example.com").await;
    let accepted = registered.post(&accept, json!({ "email": " ada@EXAMPLE.com" })).await.ok();
    assert_eq!(accepted["user"]["email"], "Ada@Example.com");
}

/// notes E4
async fn an_earlier_session_belongs_to_the_user_after_a_refresh(app: TestApp) {
    let (_, accept) = invited(&app, "ada@example.com").await;
    let registered = app.registered("ada@example.com").await;
    let accepted = registered.post(&accept, json!({})).await.ok();
    registered.get("/admin/users/me").await.is_unauthorized();
    let refreshed = registered.post_nothing("/auth/token/refresh").await.ok();
    let ada = app.bearer(refreshed["token"].as_str().unwrap());
    let mut seen = accepted;
    seen["user"]["last_seen_at"] = json!(app.clock_text());
    ada.get("/admin/users/me").await.is(200, &seen);
    registered.get("/admin/users/me").await.is_unauthorized();
}

async fn accept_works_with_a_cookie(app: TestApp) {
    let (_, accept) = invited(&app, "ada@example.com").await;
    let registered = app.registered("ada@example.com").await;
    let session = registered.post_nothing("/auth/session").await;
    assert_eq!(session.ok()["user"]["actor_id"], "");
    let cookie = app.cookie(session.header("set-cookie").unwrap().split(';').next().unwrap());
    cookie.get("/admin/users/me").await.is_unauthorized();
    let accepted = cookie.post(&accept, json!({})).await.ok();
    cookie.get("/admin/users/me").await.is(200, &accepted);
}
