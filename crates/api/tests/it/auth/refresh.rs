//! `POST /auth/token/refresh`

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{TestApp, forge};

on_both_engines!(
    a_new_token_belongs_to_the_same_session,
    a_token_gets_its_user_at_the_refresh_after_acceptance,
    refreshing_does_not_prolong_the_absolute_lifetime,
    a_cookie_can_be_exchanged_for_a_token,
);

const REFRESH: &str = "/auth/token/refresh";

async fn a_new_token_belongs_to_the_same_session(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.clock.advance(Duration::from_secs(60));
    let answer = ada.post(&format!("{REFRESH}?nosuch=1"), json!({})).await.ok();
    let mut expected = forge::claims(&ada.token);
    for name in ["iat", "exp"] {
        expected[name] = (expected[name].as_i64().unwrap() + 60).into();
    }
    let token = answer["token"].as_str().unwrap();
    assert_eq!((answer.as_object().unwrap().len(), forge::claims(token)), (1, expected));
    // The older token stays valid until it expires.
    ada.get("/admin/users/me").await.ok();
    app.clock.advance(Duration::from_secs(24 * 60 * 60 - 60));
    ada.get("/admin/users/me").await.is_unauthorized();
    app.bearer(token).get("/admin/users/me").await.ok();
}

/// notes E4
async fn a_token_gets_its_user_at_the_refresh_after_acceptance(app: TestApp) {
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
async fn refreshing_does_not_prolong_the_absolute_lifetime(app: TestApp) {
    let mut token = app.user("ada@example.com").await.token;
    for day in 1..=30 {
        app.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
        let answer = app.bearer(&token).post_nothing(REFRESH).await;
        if day == 30 {
            // The session has a day less thirty seconds left, and no token outlives it.
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
async fn a_cookie_can_be_exchanged_for_a_token(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let answer = app.cookie(&ada.cookie().await).post_nothing(REFRESH).await;
    assert_eq!(forge::claims(answer.ok()["token"].as_str().unwrap()), forge::claims(&ada.token));
    assert_eq!(answer.header("set-cookie"), None);
    app.anonymous().post_nothing(REFRESH).await.is_unauthorized();
    app.bearer("rubbish").post_nothing(REFRESH).await.is_unauthorized();
}
