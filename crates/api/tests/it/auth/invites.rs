//! `POST /auth/invites/preview` and `POST /auth/invites/accept`, which the reference lacks. The reasons for refusing a
//! token are tested with the reference's own route.

use serde_json::json;
use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;

use crate::support::{Invited, PASSWORD, TestApp, forge};

on_both_engines!(
    preview_returns_address_inviter_and_expiry,
    preview_changes_nothing,
    accept_with_a_password_signs_in_with_one_request,
    accept_works_beside_a_registration_of_the_address,
    invalid_bodies_return_400,
);

const PREVIEW: &str = "/auth/invites/preview";
const ACCEPT: &str = "/auth/invites/accept";

async fn preview_returns_address_inviter_and_expiry(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    admin.post(&format!("/admin/users/{}", ada.id), json!({ "first_name": "Ada", "last_name": "Lovelace" })).await.ok();
    let invite = ada.post("/admin/invites", json!({ "email": "Bob@example.com", "roles": [] })).await.ok();
    let invite = Invited::of(&invite["invite"]);
    let preview = app.anonymous().post(PREVIEW, json!({ "token": invite.token })).await;
    let mut expected = json!({ "invite": {
        "email": "Bob@example.com", "state": "pending", "expires_at": "2026-11-23T09:30:00.000Z",
        "invited_by": { "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com" },
        "min_password_length": 8,
    } });
    preview.is(200, &expected);
    // A deleted inviter is not named; an invite that grants nothing remains valid.
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    expected["invite"]["invited_by"] = json!(null);
    app.anonymous().post(PREVIEW, json!({ "token": invite.token })).await.is(200, &expected);
    // As does an invite from the command line.
    let invite =
        app.flows.invite(&NewInvite::new("carl@example.com".parse().unwrap()), &Context::operator()).await.unwrap();
    let preview = app.anonymous().post(PREVIEW, json!({ "token": invite.token })).await.ok();
    assert_eq!(preview["invite"]["invited_by"], json!(null));
}

/// security.md 7
async fn preview_changes_nothing(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    let before = admin.get("/admin/invites").await.ok();
    for _ in 0..3 {
        app.anonymous().post(PREVIEW, json!({ "token": invite.token })).await.ok();
        for path in [format!("{PREVIEW}?token={}", invite.token), format!("{ACCEPT}?token={}", invite.token)] {
            let opened = app.anonymous().get(&path).await;
            assert_eq!((opened.status, opened.header("allow")), (405, Some("POST")));
        }
        let opened = app.anonymous().get(&format!("/admin/invites/accept?token={}", invite.token)).await;
        assert_eq!(opened.status, 405);
    }
    assert_eq!(admin.get("/admin/invites").await.ok(), before);
    app.anonymous().accept_with_password(&invite.token, PASSWORD).await.ok();
}

async fn accept_with_a_password_signs_in_with_one_request(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("Ada@example.com").await;
    let body = json!({ "token": invite.token, "password": PASSWORD, "first_name": "Ada", "last_name": null });
    let accepted = app.anonymous().post(ACCEPT, body).await.ok();
    assert_eq!(accepted.as_object().unwrap().keys().collect::<Vec<_>>(), ["token", "user"]);
    let token = accepted["token"].as_str().unwrap();
    let mut seen = json!({ "user": accepted["user"] });
    seen["user"]["last_seen_at"] = json!(app.clock_text());
    app.bearer(token).get("/admin/users/me").await.is(200, &seen);
    assert_eq!(
        (&accepted["user"]["email"], &accepted["user"]["first_name"]),
        (&json!("Ada@example.com"), &json!("Ada"))
    );
    assert_eq!(
        forge::claims(token)["app_metadata"],
        json!({ "user_id": accepted["user"]["id"], "roles": ["role_super_admin"] })
    );
    let again = app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await;
    assert_eq!(accepted["user"]["id"], again.id);
    let kept = admin.get(&format!("/admin/invites/{}?state=accepted", invite.id)).await.ok();
    assert_eq!(kept["invite"]["accepted_by"], again.id);
    // A caller who sends a session does not need a password.
    let invite = admin.invite("bob@example.com").await;
    admin.accept_with_password(&invite.token, PASSWORD).await.ok();
    let invite = admin.invite("carl@example.com").await;
    app.bearer("rubbish").accept_with_password(&invite.token, PASSWORD).await.ok();
}

/// security.md 6
async fn accept_works_beside_a_registration_of_the_address(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    // Their own, with the same password, and another person's.
    let (own, other) = (
        app.registered("ada@example.com").await,
        app.anonymous().register("ada@example.com", "Other-harbour-77x").await,
    );
    app.anonymous().accept_with_password(&invite.token, PASSWORD).await.ok();
    app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await;
    app.anonymous().sign_in("ada@example.com", "Other-harbour-77x").await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    for registered in [&own, &other] {
        registered.post_nothing("/auth/token/refresh").await.is_unauthorized();
    }
}

async fn invalid_bodies_return_400(app: TestApp) {
    let admin = app.admin().await;
    let token = admin.invite("ada@example.com").await.token;
    let long = "x".repeat(4_097);
    for (body, reasons) in [
        (json!({}), "Field 'token' is required"),
        (json!({ "token": null }), "Expected type: 'string' for field 'token', got: 'null'"),
        (json!({ "token": [token] }), &format!("Expected type: 'string' for field 'token', got: '{token}'")),
        (json!({ "token": "" }), "Value for field 'token' too small, expected at least: '1'"),
        (json!({ "token": long }), "Value for field 'token' too big, expected at most: '4096 characters'"),
        (json!({ "token": token, "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!([]), "Field '' is required"),
    ] {
        let preview = app.anonymous().post(PREVIEW, body.clone()).await;
        preview.is_invalid(reasons);
        let mut accept = body;
        if accept.is_object() {
            accept["password"] = PASSWORD.into();
        }
        app.anonymous().post(ACCEPT, accept).await.is_invalid(reasons);
    }
    for (rest, reasons) in [
        (json!({}), "Field 'password' is required"),
        (json!({ "password": null }), "Expected type: 'string' for field 'password', got: 'null'"),
        (json!({ "password": "" }), "Value for field 'password' too small, expected at least: '1'"),
        (json!({ "password": PASSWORD, "email": "ada@example.com" }), "Unrecognized fields: 'email'"),
        (json!({ "password": PASSWORD, "first_name": 5 }), "Expected type: 'string' for field 'first_name', got: '5'"),
    ] {
        let mut body = rest;
        body["token"] = token.clone().into();
        app.anonymous().post(ACCEPT, body).await.is_invalid(reasons);
    }
    let short = app.anonymous().accept_with_password(&token, "1234567").await;
    short.is_coded(400, "invalid_data", "weak_password", "The password is too short: 8 characters at least");
    // None of these has used the invite.
    app.anonymous().accept_with_password(&token, PASSWORD).await.ok();
}
