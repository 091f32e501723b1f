//! `POST /auth/invites/preview` and `POST /auth/invites/accept`, which the reference lacks. Why a token is refused is
//! tested with the reference's own route.

use serde_json::json;
use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;

use crate::support::{Invited, PASSWORD, TestApp, forge};

on_both_engines!(
    a_preview_tells_whom_by_whom_and_until_when,
    a_preview_changes_nothing,
    one_step_is_enough_to_come_in,
    a_registration_of_the_address_does_not_stand_in_the_way,
    what_cannot_be_read_is_refused,
);

const PREVIEW: &str = "/auth/invites/preview";
const ACCEPT: &str = "/auth/invites/accept";

async fn a_preview_tells_whom_by_whom_and_until_when(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    admin.post(&format!("/admin/users/{}", ada.id), json!({ "first_name": "Ada", "last_name": "Lovelace" })).await.ok();
    let invite = ada.post("/admin/invites", json!({ "email": "Bob@example.com", "roles": [] })).await.ok();
    let invite = Invited::of(&invite["invite"]);
    let preview = app.anonymous().post(PREVIEW, json!({ "token": invite.token })).await;
    let mut expected = json!({ "invite": {
        "email": "Bob@example.com", "state": "pending", "expires_at": "2026-11-23T09:30:00.000Z",
        "invited_by": { "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com" },
    } });
    preview.is(200, &expected);
    // Who has gone since is not named; an invite that gives nothing is as good as before.
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    expected["invite"]["invited_by"] = json!(null);
    app.anonymous().post(PREVIEW, json!({ "token": invite.token })).await.is(200, &expected);
    // As is one that the command line has sent.
    let invite =
        app.flows.invite(&NewInvite::new("carl@example.com".parse().unwrap()), &Context::operator()).await.unwrap();
    let preview = app.anonymous().post(PREVIEW, json!({ "token": invite.token })).await.ok();
    assert_eq!(preview["invite"]["invited_by"], json!(null));
}

/// security.md 7
async fn a_preview_changes_nothing(app: TestApp) {
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

async fn one_step_is_enough_to_come_in(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("Ada@example.com").await;
    let body = json!({ "token": invite.token, "password": PASSWORD, "first_name": "Ada", "last_name": null });
    let accepted = app.anonymous().post(ACCEPT, body).await.ok();
    assert_eq!(accepted.as_object().unwrap().keys().collect::<Vec<_>>(), ["token", "user"]);
    let token = accepted["token"].as_str().unwrap();
    app.bearer(token).get("/admin/users/me").await.is(200, &json!({ "user": accepted["user"] }));
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
    // Who shows something is not asked for it.
    let invite = admin.invite("bob@example.com").await;
    admin.accept_with_password(&invite.token, PASSWORD).await.ok();
    let invite = admin.invite("carl@example.com").await;
    app.bearer("rubbish").accept_with_password(&invite.token, PASSWORD).await.ok();
}

/// security.md 6
async fn a_registration_of_the_address_does_not_stand_in_the_way(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    // His own, with the same password, and somebody else's.
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

async fn what_cannot_be_read_is_refused(app: TestApp) {
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
    // None of that has used the invite up.
    app.anonymous().accept_with_password(&token, PASSWORD).await.ok();
}
