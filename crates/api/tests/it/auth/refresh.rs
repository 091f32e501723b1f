//! `POST /auth/token/refresh`

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{TestApp, forge};

on_both_engines!(
    a_new_token_is_of_the_same_session,
    before_an_invite_is_accepted_it_is_nobodys_and_then_the_users,
    a_session_ends_however_often_it_is_refreshed,
    a_cookie_gets_a_token_as_well,
);

const REFRESH: &str = "/auth/token/refresh";

async fn a_new_token_is_of_the_same_session(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.clock.advance(Duration::from_secs(60));
    let answer = ada.post(&format!("{REFRESH}?nosuch=1"), json!({})).await.ok();
    let mut expected = forge::claims(&ada.token);
    for name in ["iat", "exp"] {
        expected[name] = (expected[name].as_i64().unwrap() + 60).into();
    }
    let token = answer["token"].as_str().unwrap();
    assert_eq!((answer.as_object().unwrap().len(), forge::claims(token)), (1, expected));
    // The older one is good for as long as it says.
    ada.get("/admin/users/me").await.ok();
    app.clock.advance(Duration::from_secs(24 * 60 * 60 - 60));
    ada.get("/admin/users/me").await.is_unauthorized();
    app.bearer(token).get("/admin/users/me").await.ok();
}

/// notes E4
async fn before_an_invite_is_accepted_it_is_nobodys_and_then_the_users(app: TestApp) {
    let registered = app.registered("ada@example.com").await;
    let claims = |answer: serde_json::Value| forge::claims(answer["token"].as_str().unwrap());
    let before = claims(registered.post_nothing(REFRESH).await.ok());
    assert_eq!((&before["actor_id"], &before["app_metadata"]), (&json!(""), &json!({})));
    let invite = app.admin().await.invite("ada@example.com").await;
    let ada = registered.accept(&invite.token).await.ok()["user"]["id"].clone();
    let after = claims(registered.post_nothing(REFRESH).await.ok());
    assert_eq!(
        (&after["actor_id"], &after["app_metadata"]),
        (&ada, &json!({ "user_id": ada, "roles": ["role_super_admin"] }))
    );
    assert_eq!((&before["sid"], &before["auth_identity_id"]), (&after["sid"], &after["auth_identity_id"]));
}

/// security.md 23
async fn a_session_ends_however_often_it_is_refreshed(app: TestApp) {
    let mut token = app.user("ada@example.com").await.token;
    for day in 1..=30 {
        app.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
        let answer = app.bearer(&token).post_nothing(REFRESH).await;
        if day == 30 {
            // A day less thirty seconds is left of the session, and no token outlives it.
            let left = app.clock_seconds() + 30;
            token = answer.ok()["token"].as_str().unwrap().to_owned();
            assert_eq!(forge::claims(&token)["exp"], left);
        } else {
            token = answer.ok()["token"].as_str().unwrap().to_owned();
        }
    }
    app.clock.advance(Duration::from_secs(29));
    app.bearer(&token).get("/admin/users/me").await.ok();
    app.clock.advance(Duration::from_secs(1));
    app.bearer(&token).get("/admin/users/me").await.is_unauthorized();
    app.bearer(&token).post_nothing(REFRESH).await.is_unauthorized();
}

/// notes E4
async fn a_cookie_gets_a_token_as_well(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let answer = app.cookie(&ada.cookie().await).post_nothing(REFRESH).await;
    assert_eq!(forge::claims(answer.ok()["token"].as_str().unwrap()), forge::claims(&ada.token));
    assert_eq!(answer.header("set-cookie"), None);
    app.anonymous().post_nothing(REFRESH).await.is_unauthorized();
    app.bearer("rubbish").post_nothing(REFRESH).await.is_unauthorized();
}
