//! Concurrent deletions of one user.

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::{MANY, at_once};
use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    4 threads: concurrent_deletions_delete_a_user_once_and_all_succeed,
    a_deletion_during_the_users_own_requests_ends_their_access,
);

async fn concurrent_deletions_delete_a_user_once_and_all_succeed(app: TestApp) {
    let admin = app.admin().await;
    let ada = admin.invite_and_accept("ada@example.com").await;
    let path = format!("/admin/users/{}", ada.id);
    for answer in at_once((0..MANY).map(|_| admin.delete(&path)).collect()).await {
        answer.is(200, &json!({ "id": ada.id, "object": "user", "deleted": true }));
    }
    ada.get("/admin/users/me").await.is_unauthorized();
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 1);
    let events = vestibule_outbox::newest(app.flows.database(), 100).await.unwrap();
    let deleted = events.iter().filter(|event| event.name == "user.deleted").count();
    assert_eq!(deleted, 1, "{events:?}");
}

async fn a_deletion_during_the_users_own_requests_ends_their_access(app: TestApp) {
    let admin = app.admin().await;
    let ada = admin.invite_and_accept("ada@example.com").await;
    let mut asks = vec![admin.delete(&format!("/admin/users/{}", ada.id))];
    for number in 0..8 {
        asks.push(ada.post("/admin/invites", json!({ "email": format!("u{number}@example.com") })));
        asks.push(ada.post_nothing("/auth/token/refresh"));
        asks.push(ada.post_nothing("/auth/session"));
        asks.push(app.anonymous().sign_in("ada@example.com", PASSWORD));
        asks.push(ada.post(&format!("/admin/users/{}", ada.id), json!({ "first_name": format!("Ada {number}") })));
    }
    let answers = at_once(asks).await;
    answers[0].ok();
    for answer in &answers[1..] {
        let may_be = matches!(answer.status, 200 | 401 | 404);
        assert!(may_be, "{} answered {} {}", answer.asked, answer.status, answer.text());
        // Every token or cookie from those moments is invalid.
        let given = answer.json();
        if let Some(token) = given["token"].as_str().filter(|_| answer.status == 200) {
            app.bearer(token).get("/admin/users/me").await.is_unauthorized();
        }
        if let Some(cookie) = answer.header("set-cookie") {
            app.cookie(cookie.split(';').next().unwrap()).get("/admin/users/me").await.is_unauthorized();
        }
    }
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
}
