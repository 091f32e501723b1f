//! `POST /admin/users`, which the reference lacks.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Invited, PASSWORD, TestApp};

on_both_engines!(
    create_without_a_sign_in_method,
    create_with_a_password_lets_the_user_sign_in_immediately,
    create_with_an_invite_lets_the_user_choose_a_password,
    an_invite_of_an_existing_user_is_accepted_with_a_registration,
    create_revokes_a_pending_invite_of_the_address,
    create_with_a_taken_address_returns_400,
    create_with_invalid_fields_returns_400_without_effect,
);

const USERS: &str = "/admin/users";

async fn create_without_a_sign_in_method(app: TestApp) {
    let admin = app.admin().await;
    let body = json!({
        "email": " Ada@Example.com ", "first_name": "Ada", "last_name": "", "avatar_url": "https://example.com/a.png",
        "metadata": { "team": ["ops"], "n": 1.5 },
    });
    let created = admin.post(USERS, body).await.ok();
    let id = &created["user"]["id"];
    let now = "2026-11-22T09:30:00.000Z";
    assert_eq!(
        created,
        json!({ "user": {
            "id": id, "email": "Ada@Example.com", "first_name": "Ada", "last_name": "",
            "avatar_url": "https://example.com/a.png", "metadata": { "team": ["ops"], "n": 1.5 },
            "phone": null, "locked_at": null, "last_seen_at": null, "created_at": now, "updated_at": now, "deleted_at": null,
        } })
    );
    admin.get(&format!("{USERS}/{}", id.as_str().unwrap())).await.is(200, &created);
    let providers = admin.get(&format!("{USERS}/{}/auth-providers", id.as_str().unwrap())).await;
    providers.is(200, &json!({ "providers": [] }));
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    // A missing field and null are the same.
    let body = json!({
        "email": "bob@example.com", "first_name": null, "last_name": null, "avatar_url": null, "metadata": null,
        "password": null, "invite": null,
    });
    let created = admin.post(USERS, body).await.ok();
    assert_eq!((&created["user"]["first_name"], created.get("invite")), (&json!(null), None));
    admin.post(USERS, json!({ "email": "carl@example.com", "invite": false })).await.ok();
}

async fn create_with_a_password_lets_the_user_sign_in_immediately(app: TestApp) {
    let admin = app.admin().await;
    let body = json!({ "email": "Ada@example.com", "password": "Other-harbour-77x" });
    let created = admin.post(USERS, body).await.ok();
    let ada = app.anonymous().sign_in_as_user("ada@example.com", "Other-harbour-77x").await;
    assert_eq!(created["user"]["id"], ada.id);
    assert_eq!(created.get("invite"), None);
    let providers = admin.get(&format!("{USERS}/{}/auth-providers", ada.id)).await;
    providers.is(200, &json!({ "providers": ["emailpass"] }));
    // No response contains the password.
    assert!(!admin.get(USERS).await.text().contains("harbour"));
}

async fn create_with_an_invite_lets_the_user_choose_a_password(app: TestApp) {
    let admin = app.admin().await;
    let body = json!({ "email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", "invite": true });
    let created = admin.post(USERS, body).await.ok();
    let (id, invite) = (created["user"]["id"].clone(), &created["invite"]);
    assert_eq!(
        (&invite["user_id"], &invite["invited_by"], &invite["state"]),
        (&id, &json!(admin.id), &json!("pending"))
    );
    let token = invite["token"].as_str().unwrap();
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );

    // A name in the body replaces the stored one; a missing name leaves it.
    let body = json!({ "token": token, "password": PASSWORD, "last_name": "Lovelace" });
    let accepted = app.anonymous().post("/auth/invites/accept", body).await.ok();
    assert_eq!(accepted["user"]["id"], id);
    assert_eq!((&accepted["user"]["first_name"], &accepted["user"]["last_name"]), (&json!("Ada"), &json!("Lovelace")));
    assert_eq!(app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await.id, id.as_str().unwrap());
    assert_eq!(admin.get(USERS).await.ok()["count"], 2);
}

async fn an_invite_of_an_existing_user_is_accepted_with_a_registration(app: TestApp) {
    let admin = app.admin().await;
    let created = admin.post(USERS, json!({ "email": "ada@example.com", "invite": true })).await.ok();
    let first = Invited::of(&created["invite"]);
    let resent = admin.post_nothing(&format!("/admin/invites/{}/resend", first.id)).await.ok();
    let registered = app.registered("ada@example.com").await;
    let refused = registered.accept(&first.token).await;
    assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("invite_token_replaced")));
    let accepted = registered.accept(&Invited::of(&resent["invite"]).token).await.ok();
    assert_eq!(accepted["user"]["id"], created["user"]["id"]);
    // Deleting the user revokes a pending invite as well.
    let created = admin.post(USERS, json!({ "email": "bob@example.com", "invite": true })).await.ok();
    admin.delete(&format!("{USERS}/{}", created["user"]["id"].as_str().unwrap())).await.ok();
    let token = created["invite"]["token"].as_str().unwrap();
    let refused = app.anonymous().accept_with_password(token, PASSWORD).await;
    assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("invite_revoked")));
}

async fn create_revokes_a_pending_invite_of_the_address(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("Ada@example.com").await;
    admin.post(USERS, json!({ "email": "ada@example.com" })).await.ok();
    admin.get(&format!("/admin/invites/{}", invite.id)).await.is_error(
        404,
        "not_found",
        &format!("Invite with id: {} was not found", invite.id),
    );
    app.registered("ada@example.com").await.accept(&invite.token).await.is_coded(
        401,
        "unauthorized",
        "invite_revoked",
        "This invite was withdrawn on 2026-11-22. Ask the person who invited you for a new one.",
    );
}

async fn create_with_a_taken_address_returns_400(app: TestApp) {
    let admin = app.admin().await;
    for (body, address) in [
        (json!({ "email": "ADMIN@example.com" }), "ADMIN@example.com"),
        (json!({ "email": "admin@EXAMPLE.com", "password": PASSWORD }), "admin@EXAMPLE.com"),
        (json!({ "email": "ａdmin@example.com", "invite": true }), "ａdmin@example.com"),
    ] {
        let message = format!("User with email: {address}, already exists.");
        admin.post(USERS, body).await.is_coded(400, "invalid_data", "email_taken", &message);
    }
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 0);
}

async fn create_with_invalid_fields_returns_400_without_effect(app: TestApp) {
    let admin = app.admin().await;
    let long = "x".repeat(1_025);
    for (body, reasons) in [
        (json!({}), "Field 'email' is required"),
        (json!({ "email": null }), "Expected type: 'string' for field 'email', got: 'null'"),
        (json!({ "email": "ada" }), "Invalid value for field 'email': an e-mail address has the form name@example.com"),
        (
            json!({ "email": "a@x.test", "password": PASSWORD, "invite": true }),
            "Give either a password or an invite, not both",
        ),
        (json!({ "email": "a@x.test", "invite": "yes" }), "Expected type: 'boolean' for field 'invite', got: 'yes'"),
        (json!({ "email": "a@x.test", "password": 5 }), "Expected type: 'string' for field 'password', got: '5'"),
        (
            json!({ "email": "a@x.test", "password": "" }),
            "Value for field 'password' too small, expected at least: '1'",
        ),
        (
            json!({ "email": "a@x.test", "password": long }),
            "Value for field 'password' too big, expected at most: '1024 characters'",
        ),
        (
            json!({ "email": "a@x.test", "avatar_url": "javascript:alert(1)" }),
            "Invalid value for field 'avatar_url': it must be an address that begins with https:// or http://",
        ),
        (
            json!({ "email": "a@x.test", "id": "user_x", "locked_at": null, "created_at": "2020-01-01" }),
            "Unrecognized fields: 'created_at, id, locked_at'",
        ),
    ] {
        admin.post(USERS, body).await.is_invalid(reasons);
    }
    let short = admin.post(USERS, json!({ "email": "a@x.test", "password": "1234567" })).await;
    short.is_coded(400, "invalid_data", "weak_password", "The password is too short: 8 characters at least");
    admin
        .post(&format!("{USERS}?fields=id"), json!({ "email": "a@x.test" }))
        .await
        .is_invalid("Unrecognized fields: 'fields'");
    assert_eq!(admin.get(USERS).await.ok()["count"], 1);
    app.anonymous().sign_in("a@x.test", PASSWORD).await.is_error(401, "unauthorized", "Invalid email or password");
}
