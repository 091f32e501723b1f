//! `/auth/sessions`

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    a_user_lists_their_own_sessions,
    an_ended_session_is_refused_by_token_and_cookie,
    all_other_sessions_are_ended_together,
    an_idle_session_expires,
    sessions_require_a_user,
);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

fn ids(listed: &Json) -> Vec<&str> {
    listed["sessions"].as_array().unwrap().iter().map(|session| session["id"].as_str().unwrap()).collect()
}

async fn a_user_lists_their_own_sessions(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.user("bob@example.com").await;
    app.clock.advance(Duration::from_secs(60));
    let body = json!({ "email": "ada@example.com", "password": crate::support::PASSWORD });
    let browser = app.anonymous().post("/auth/user/emailpass", body).header("user-agent", FIREFOX).await.ok();
    let browser = app.bearer(browser["token"].as_str().unwrap());
    let listed = browser.get("/auth/sessions").await.ok();
    let (now, begun) = (app.clock_text(), "2026-11-22T09:30:00.000Z");
    let [newer, older] = [0, 1].map(|number| listed["sessions"][number]["id"].clone());
    assert_eq!(
        listed,
        json!({
            "sessions": [
                {
                    "id": newer, "actor_type": "user", "provider": "emailpass", "device": "Firefox on Linux",
                    "user_agent": FIREFOX, "address": null, "created_at": now, "last_used_at": now,
                    "expires_at": "2026-12-22T09:31:00.000Z", "mfa_completed_at": null, "current": true,
                },
                {
                    "id": older, "actor_type": "user", "provider": "emailpass", "device": "unknown",
                    "user_agent": null, "address": null, "created_at": begun, "last_used_at": begun,
                    "expires_at": "2026-12-22T09:30:00.000Z", "mfa_completed_at": null, "current": false,
                },
            ],
            "count": 2, "offset": 0, "limit": 50,
        })
    );
    // The use is recorded after the request, for later ones: then this session was used last.
    app.clock.advance(Duration::from_secs(60));
    ada.get("/admin/users/me").header("user-agent", "curl/8.5.0").await.ok();
    let listed = ada.get("/auth/sessions?limit=1").await.ok();
    let shown = &listed["sessions"][0];
    assert_eq!((&shown["id"], &shown["device"], &shown["current"]), (&older, &json!("curl"), &json!(true)));
    assert_eq!((&listed["count"], &listed["limit"]), (&json!(2), &json!(1)));
    assert_eq!(ids(&ada.get("/auth/sessions?offset=1").await.ok()), [newer.as_str().unwrap()]);
    ada.get("/auth/sessions?limit=9007199254740992&offset=9007199254740992").await.ok();
    ada.get("/auth/sessions?nosuch=1").await.is_invalid("Unrecognized fields: 'nosuch'");
    ada.get("/auth/sessions?limit=x").await.is_invalid("Expected type: 'number' for field 'limit', got: 'x'");
}

/// security.md 21
async fn an_ended_session_is_refused_by_token_and_cookie(app: TestApp) {
    let (ada, bob) = (app.user("ada@example.com").await, app.user("bob@example.com").await);
    let elsewhere = app.user("ada@example.com").await;
    let cookie = app.cookie(&elsewhere.cookie().await);
    let listed = elsewhere.get("/auth/sessions").await.ok();
    let current = |session: &&Json| session["current"] == json!(true);
    let id = listed["sessions"].as_array().unwrap().iter().find(current).unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/auth/sessions/{id}");
    let message = format!("Session with id: {id} was not found");
    // Another user's session is not found.
    bob.delete(&path).await.is_error(404, "not_found", &message);
    cookie.get("/admin/users/me").await.ok();
    let ended = ada.delete(&path).await;
    ended.is(200, &json!({ "id": id, "object": "session", "deleted": true }));
    assert_eq!(ended.header("set-cookie"), None);
    for client in [&*elsewhere, &cookie] {
        client.get("/admin/users/me").await.is_unauthorized();
        client.post_nothing("/auth/token/refresh").await.is_unauthorized();
    }
    ada.delete(&path).await.is_error(404, "not_found", &message);
    ada.delete("/auth/sessions/x").await.is_error(404, "not_found", "Session with id: x was not found");

    // Ending the current session removes its cookie.
    let by_cookie = app.cookie(&ada.cookie().await);
    let own = by_cookie.get("/auth/sessions").await.ok();
    let own = own["sessions"][0]["id"].as_str().unwrap().to_owned();
    let ended = by_cookie.delete(&format!("/auth/sessions/{own}")).await;
    ended.ok();
    assert!(ended.header("set-cookie").unwrap().starts_with("connect.sid=;"));
    ada.get("/admin/users/me").await.is_unauthorized();
}

async fn all_other_sessions_are_ended_together(app: TestApp) {
    let (ada, bob) = (app.user("ada@example.com").await, app.user("bob@example.com").await);
    let others = [app.user("ada@example.com").await, app.user("ada@example.com").await];
    let cookie = app.cookie(&others[0].cookie().await);
    let ended = |count: u64| json!({ "object": "session", "deleted": true, "count": count });
    ada.delete("/auth/sessions").await.is(200, &ended(2));
    ada.delete("/auth/sessions").await.is(200, &ended(0));
    for client in [&*others[0], &*others[1], &cookie] {
        client.get("/admin/users/me").await.is_unauthorized();
    }
    ada.get("/admin/users/me").await.ok();
    bob.get("/admin/users/me").await.ok();
}

/// security.md 23
async fn an_idle_session_expires(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let mut token = ada.token.clone();
    // Used every day, for more than a week.
    for _ in 0..8 {
        app.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
        let refreshed = app.bearer(&token).post_nothing("/auth/token/refresh").await.ok();
        token = refreshed["token"].as_str().unwrap().to_owned();
    }
    let rested = app.user("ada@example.com").await;
    app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    for token in [&token, &rested.token] {
        app.bearer(token).post_nothing("/auth/token/refresh").await.is_unauthorized();
    }
    let again = app.user("ada@example.com").await;
    assert_eq!(again.get("/auth/sessions").await.ok()["count"], 1);
}

async fn sessions_require_a_user(app: TestApp) {
    for client in [&*app.anonymous(), &*app.registered("ada@example.com").await, &app.bearer("rubbish")] {
        client.get("/auth/sessions").await.is_unauthorized();
        client.delete("/auth/sessions").await.is_unauthorized();
        client.delete("/auth/sessions/x").await.is_unauthorized();
    }
}
