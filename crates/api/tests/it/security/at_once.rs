//! 21: a deleted user and an ended session are refused from the next request on, by every process, by cookie and
//! bearer.

use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Client, PASSWORD, TestApp, User};

on_both_engines!(
    a_deleted_user_is_refused_by_every_process,
    an_ended_session_is_refused_by_every_process,
    a_resent_invite_has_one_valid_token_on_every_process,
);

/// The same client on another process.
fn on(app: &TestApp, user: &User, cookie: &str) -> [Client; 2] {
    [app.bearer(&user.token), app.cookie(cookie)]
}

async fn two_processes(place: &Arc<TestDatabase>) -> (TestApp, TestApp) {
    let one = TestApp::on(place).open().await;
    let other = TestApp::on(place).beside(&one).open().await;
    (one, other)
}

async fn a_deleted_user_is_refused_by_every_process(place: Arc<TestDatabase>) {
    let (one, other) = two_processes(&place).await;
    let (admin, ada) = (one.admin().await, other.user("ada@example.com").await);
    let cookie = ada.cookie().await;
    let clients = || on(&one, &ada, &cookie).into_iter().chain(on(&other, &ada, &cookie));
    for client in clients() {
        client.get("/admin/users/me").await.ok();
    }
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    for client in clients() {
        client.get("/admin/users/me").await.is_unauthorized();
        client.post("/admin/invites", json!({ "email": "eve@example.com" })).await.is_unauthorized();
        client.post_nothing("/auth/token/refresh").await.is_unauthorized();
        client.post_nothing("/auth/session").await.is_unauthorized();
        client.delete("/auth/session").await.is_unauthorized();
    }
    for app in [&one, &other] {
        app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
            401,
            "unauthorized",
            "Invalid email or password",
        );
    }
}

async fn an_ended_session_is_refused_by_every_process(place: Arc<TestDatabase>) {
    let (one, other) = two_processes(&place).await;
    let (ada, elsewhere) = (one.user("ada@example.com").await, other.user("ada@example.com").await);
    let cookie = ada.cookie().await;
    other.cookie(&cookie).delete("/auth/session").await.ok();
    for client in on(&one, &ada, &cookie).into_iter().chain(on(&other, &ada, &cookie)) {
        client.get("/admin/users/me").await.is_unauthorized();
        client.post_nothing("/auth/token/refresh").await.is_unauthorized();
    }
    // The session on another machine continues.
    one.bearer(&elsewhere.token).get("/admin/users/me").await.ok();
}

async fn a_resent_invite_has_one_valid_token_on_every_process(place: Arc<TestDatabase>) {
    let (one, other) = two_processes(&place).await;
    let admin = one.admin().await;
    let first = admin.invite("ada@example.com").await;
    let elsewhere = other.bearer(&admin.token);
    let second = elsewhere.post_nothing(&format!("/admin/invites/{}/resend", first.id)).await.ok();
    let refused = one.anonymous().accept_with_password(&first.token, PASSWORD).await;
    assert_eq!(refused.json()["code"], "invite_token_replaced");
    // Both processes derive the same token from the row.
    let shown = admin.get(&format!("/admin/invites/{}", first.id)).await.ok();
    assert_eq!(shown["invite"]["token"], second["invite"]["token"]);
    one.anonymous().accept_with_password(shown["invite"]["token"].as_str().unwrap(), PASSWORD).await.ok();
}
