//! Concurrent invites.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use super::{MANY, at_once, sorted};
use crate::support::TestApp;

on_both_engines!(
    4 threads: of_concurrent_invites_to_one_address_one_is_created,
    of_concurrent_replacements_of_an_expired_invite_one_is_created,
    concurrent_invites_to_many_addresses_succeed_over_few_connections,
    an_invite_resent_many_times_has_one_valid_token,
);

const EMAIL: &str = "ada@example.com";

async fn of_concurrent_invites_to_one_address_one_is_created(app: TestApp) {
    let admin = app.admin().await;
    let asks = (0..MANY).map(|number| {
        // In every spelling.
        let email = if number % 2 == 0 { EMAIL.to_owned() } else { EMAIL.to_uppercase() };
        admin.post("/admin/invites", json!({ "email": email }))
    });
    let (made, refused) = sorted(at_once(asks.collect()).await);
    assert_eq!((made.len(), refused.len()), (1, MANY - 1));
    for answer in refused {
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("invite_exists")));
    }
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 1);
}

async fn of_concurrent_replacements_of_an_expired_invite_one_is_created(app: TestApp) {
    let expired = app.admin().await.invite(EMAIL).await;
    app.clock.advance(std::time::Duration::from_secs(25 * 60 * 60));
    let admin = app.admin().await;
    let asks = (0..MANY).map(|_| admin.post("/admin/invites", json!({ "email": EMAIL }))).collect();
    let (made, refused) = sorted(at_once(asks).await);
    assert_eq!((made.len(), refused.len()), (1, MANY - 1));
    let replaced = admin.get(&format!("/admin/invites/{}?state=all", expired.id)).await.ok();
    assert_eq!(replaced["invite"]["replaced_by"], made[0].json()["invite"]["id"]);
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 2);
}

/// 64 of them wedge the reference, whose pool has 10 connections.
async fn concurrent_invites_to_many_addresses_succeed_over_few_connections(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).max_connections(4).open().await;
    let admin = app.admin().await;
    let invite = |number: usize| admin.post("/admin/invites", json!({ "email": format!("u{number}@example.com") }));
    let answers = at_once((0..MANY).map(invite).collect()).await;
    let tokens: HashSet<String> = answers.iter().map(|answer| answer.ok()["invite"]["token"].to_string()).collect();
    assert_eq!(tokens.len(), MANY);
    // Reading works in the meantime.
    let asks =
        (0..MANY).map(|number| if number % 2 == 0 { invite(MANY + number) } else { admin.get("/admin/users/me") });
    for answer in at_once(asks.collect()).await {
        answer.ok();
    }
    assert_eq!(admin.get("/admin/invites?limit=0").await.ok()["count"], MANY + MANY / 2);
}

async fn an_invite_resent_many_times_has_one_valid_token(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite(EMAIL).await;
    let resend = format!("/admin/invites/{}/resend", invite.id);
    let answers = at_once((0..MANY).map(|_| admin.post_nothing(&resend)).collect()).await;
    let tokens: HashSet<String> =
        answers.iter().map(|answer| answer.ok()["invite"]["token"].as_str().unwrap().to_owned()).collect();
    assert_eq!(tokens.len(), MANY);
    let found = admin.get(&format!("/admin/invites/{}", invite.id)).await.ok();
    assert_eq!(found["invite"]["times_sent"], MANY + 1);
    let newest = found["invite"]["token"].as_str().unwrap();
    let asks = tokens.iter().map(|token| app.anonymous().post("/auth/invites/preview", json!({ "token": token })));
    let (good, replaced) = sorted(at_once(asks.collect()).await);
    assert!(tokens.contains(newest) && (good.len(), replaced.len()) == (1, MANY - 1));
}
