//! Concurrent registrations of one address (security.md 6).

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::{MANY, at_once, sorted};
use crate::support::{Ask, PASSWORD, TestApp, forge};

on_both_engines!(
    4 threads: registrations_with_one_password_are_one_identity,
    registrations_with_different_passwords_do_not_block_each_other,
    concurrent_sign_ins_start_separate_sessions,
    of_concurrent_creations_with_one_address_one_succeeds,
);

const EMAIL: &str = "ada@example.com";

fn identities(answers: &[crate::support::Answer]) -> HashSet<String> {
    let identity = |token: &str| forge::claims(token)["auth_identity_id"].as_str().unwrap().to_owned();
    answers.iter().map(|answer| identity(answer.ok()["token"].as_str().unwrap())).collect()
}

fn register(app: &TestApp, password: &str) -> Ask {
    app.anonymous().post("/auth/user/emailpass/register", json!({ "email": EMAIL, "password": password }))
}

async fn registrations_with_one_password_are_one_identity(app: TestApp) {
    let answers = at_once((0..MANY).map(|_| register(&app, PASSWORD)).collect()).await;
    assert_eq!(identities(&answers).len(), 1);
    let invite = app.admin().await.invite(EMAIL).await;
    // Of identities without a user, the newest few sessions continue; a client that registers again has one of them.
    app.clock.advance(Duration::from_secs(1));
    let again = register(&app, PASSWORD).await.ok();
    app.bearer(again["token"].as_str().unwrap()).accept(&invite.token).await.ok();
}

async fn registrations_with_different_passwords_do_not_block_each_other(app: TestApp) {
    let asks = (0..MANY).map(|number| register(&app, &format!("Harbour-number-{number}"))).collect();
    let answers = at_once(asks).await;
    assert_eq!(identities(&answers).len(), MANY);
    // Each finds its own identity again.
    let again = app.anonymous().sign_in(EMAIL, "Harbour-number-17").await;
    assert_eq!(identities(&[again]), identities(&answers[17..18]));
}

async fn concurrent_sign_ins_start_separate_sessions(app: TestApp) {
    app.user(EMAIL).await;
    let answers = at_once((0..MANY).map(|_| app.anonymous().sign_in(EMAIL, PASSWORD)).collect()).await;
    let sessions: HashSet<String> =
        answers.iter().map(|answer| forge::claims(answer.ok()["token"].as_str().unwrap())["sid"].to_string()).collect();
    assert_eq!((sessions.len(), identities(&answers).len()), (MANY, 1));
}

async fn of_concurrent_creations_with_one_address_one_succeeds(app: TestApp) {
    let admin = app.admin().await;
    let asks = (0..MANY).map(|number| {
        let body = json!({ "email": EMAIL, "password": format!("Harbour-number-{number}") });
        admin.post("/admin/users", body)
    });
    let (created, refused) = sorted(at_once(asks.collect()).await);
    assert_eq!((created.len(), refused.len()), (1, MANY - 1));
    for answer in refused {
        let message = format!("User with email: {EMAIL}, already exists.");
        answer.is_coded(400, "invalid_data", "email_taken", &message);
    }
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 2);
}
