//! `POST|DELETE /auth/session`

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{TestApp, forge};

on_both_engines!(
    a_token_can_be_exchanged_for_a_cookie,
    a_session_can_have_cookies_in_several_browsers,
    a_valid_cookie_takes_precedence_over_a_token,
    a_cookie_expires_with_its_session,
    another_sign_in_in_the_same_browser_ends_the_older_session,
    signing_out_invalidates_tokens_and_cookies,
    creating_a_session_requires_a_token,
);

/// notes E4
async fn a_token_can_be_exchanged_for_a_cookie(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let answer = ada.post_nothing("/auth/session?nosuch=1").await;
    // The token's claims without the signature.
    answer.is(200, &json!({ "user": forge::claims(&ada.token) }));
    let (value, flags) = answer.header("set-cookie").unwrap().split_once("; ").unwrap();
    assert_eq!(flags, "HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000; Expires=Tue, 22 Dec 2026 09:30:00 GMT");
    let secret = value.strip_prefix("connect.sid=").unwrap();
    // 256 random bits.
    assert_eq!(secret.len(), 43);
    let cookie = app.cookie(value);
    cookie.get("/admin/users/me").await.is(200, &ada.get("/admin/users/me").await.ok());
    // Among other cookies, in any order and spacing.
    for header in [format!("a=b; {value}"), format!("{value};c=d"), format!("connect.sid2=x;{value}")] {
        app.cookie(&header).get("/admin/users/me").await.ok();
    }
    for header in ["connect.sid=", "connect.sid", &format!("connect.sid=x{secret}"), &format!("Connect.Sid={secret}")] {
        app.cookie(header).get("/admin/users/me").await.is_unauthorized();
    }
    ada.post("/auth/session", json!({})).await.ok();
}

async fn a_session_can_have_cookies_in_several_browsers(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let mut cookies = Vec::new();
    for _ in 0..16 {
        app.clock.advance(Duration::from_secs(1));
        cookies.push(ada.cookie().await);
    }
    for cookie in &cookies {
        app.cookie(cookie).get("/admin/users/me").await.ok();
    }
    // One cookie more than the limit replaces the oldest.
    app.clock.advance(Duration::from_secs(1));
    cookies.push(ada.cookie().await);
    app.cookie(&cookies[0]).get("/admin/users/me").await.is_unauthorized();
    for cookie in &cookies[1..] {
        app.cookie(cookie).get("/admin/users/me").await.ok();
    }
}

/// notes E4
async fn a_valid_cookie_takes_precedence_over_a_token(app: TestApp) {
    let (ada, bob) = (app.user("ada@example.com").await, app.user("bob@example.com").await);
    let cookie = ada.cookie().await;
    let me = |cookie: &str, token: &str| {
        app.cookie(cookie).get("/admin/users/me?fields=email").header("authorization", &format!("Bearer {token}"))
    };
    for (cookie, token, email) in [
        (cookie.as_str(), bob.token.as_str(), "ada@example.com"),
        (&cookie, "rubbish", "ada@example.com"),
        ("connect.sid=rubbish", &bob.token, "bob@example.com"),
    ] {
        assert_eq!(me(cookie, token).await.ok()["user"]["email"], email);
    }
    me("connect.sid=rubbish", "rubbish").await.is_unauthorized();
}

/// security.md 23
async fn a_cookie_expires_with_its_session(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let cookie = app.cookie(&ada.cookie().await);
    app.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
    cookie.get("/admin/users/me").await.ok();
    ada.get("/admin/users/me").await.ok();
    app.clock.advance(Duration::from_secs(1));
    ada.get("/admin/users/me").await.is_unauthorized();
    // The token lasts a day, the cookie as long as the session: 30 days if it is used, 7 if not.
    for _ in 0..4 {
        cookie.get("/admin/users/me").await.ok();
        app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60 - 61));
    }
    cookie.get("/admin/users/me").await.ok();
    app.clock.advance(Duration::from_secs(24 * 60 * 60 + 243));
    cookie.get("/admin/users/me").await.ok();
    app.clock.advance(Duration::from_secs(1));
    cookie.get("/admin/users/me").await.is_unauthorized();
    let cookie = app.cookie(&app.user("ada@example.com").await.cookie().await);
    app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    cookie.get("/admin/users/me").await.is_unauthorized();
    cookie.delete("/auth/session").await.is_unauthorized();
}

/// OWASP ASVS 7.2.4
async fn another_sign_in_in_the_same_browser_ends_the_older_session(app: TestApp) {
    let (ada, again, bob) =
        (app.user("ada@example.com").await, app.user("ada@example.com").await, app.user("bob@example.com").await);
    let first = ada.cookie().await;
    let older = app.cookie(&first).get("/auth/sessions").await.ok()["sessions"].clone();
    let older = older.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap()["id"].clone();
    // Another cookie of the same session ends nothing, nor does a cookie without a session.
    for cookie in [first.as_str(), "connect.sid=rubbish"] {
        ada.post_nothing("/auth/session").header("cookie", cookie).await.ok();
    }
    app.cookie(&first).get("/admin/users/me").await.ok();
    let answer = again.post_nothing("/auth/session").header("cookie", &first).await;
    answer.ok();
    let second = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    app.cookie(&first).get("/admin/users/me").await.is_unauthorized();
    ada.get("/admin/users/me").await.is_unauthorized();
    app.cookie(&second).get("/admin/users/me").await.ok();
    let entries = app.audited("session.ended").await;
    assert_eq!((entries.len(), &entries[0]["target_id"], &entries[0]["actor_id"]), (1, &older, &json!(ada.id)));
    assert!(entries[0]["after"]["replaced_by"].as_str().unwrap().starts_with("sess_"), "{}", entries[0]);
    // Also where another user signs in.
    bob.post_nothing("/auth/session").header("cookie", &second).await.ok();
    again.get("/admin/users/me").await.is_unauthorized();
    bob.get("/admin/users/me").await.ok();
}

async fn signing_out_invalidates_tokens_and_cookies(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let (cookie, other_browser) = (app.cookie(&ada.cookie().await), app.cookie(&ada.cookie().await));
    let (refreshed, elsewhere) =
        (ada.post_nothing("/auth/token/refresh").await.ok(), app.user("ada@example.com").await);
    let refreshed = app.bearer(refreshed["token"].as_str().unwrap());
    let answer = cookie.delete("/auth/session?nosuch=1").await;
    answer.is(200, &json!({ "success": true }));
    let gone = "connect.sid=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    assert_eq!(answer.header("set-cookie"), Some(gone));
    // The reference lets a token live on.
    for client in [&cookie, &other_browser, &ada, &refreshed] {
        client.get("/admin/users/me").await.is_unauthorized();
        client.delete("/auth/session").await.is_unauthorized();
        client.post_nothing("/auth/token/refresh").await.is_unauthorized();
    }
    // A separate session continues. It can be ended by its token, too, which the reference refuses.
    elsewhere.get("/admin/users/me").await.ok();
    elsewhere.delete("/auth/session").await.is(200, &json!({ "success": true }));
    elsewhere.get("/admin/users/me").await.is_unauthorized();
}

/// notes E4
async fn creating_a_session_requires_a_token(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.anonymous().post_nothing("/auth/session").await.is_unauthorized();
    app.cookie(&ada.cookie().await).post_nothing("/auth/session").await.is_unauthorized();
    app.bearer("rubbish").post_nothing("/auth/session").await.is_unauthorized();
    let missing = app.anonymous().get("/auth/session").await;
    assert_eq!((missing.status, missing.header("allow")), (405, Some("POST,DELETE")));
}
