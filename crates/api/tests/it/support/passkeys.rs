//! Accounts with passkeys, by an authenticator in memory.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use vestibule_testing::TestDatabase;
use vestibule_testing::authenticator::Authenticator;

use super::{Answer, Client, TestApp, User};

pub(crate) const SITE: &str = "http://localhost:9000";
pub(crate) const BEGIN: &str = "/auth/user/passkey";
pub(crate) const CALLBACK: &str = "/auth/user/passkey/callback";
pub(crate) const ADA: &str = "ada@example.com";

pub(crate) async fn open(place: &Arc<TestDatabase>) -> TestApp {
    TestApp::on(place).open_with_passkeys().await
}

/// Adds a passkey to an account.
pub(crate) async fn add(user: &Client, device: &mut Authenticator, name: &str) -> Json {
    let started = user.post("/auth/mfa/factors", json!({ "provider": "passkey", "name": name })).await.ok();
    let answer = device.create(&started["options"]);
    let path = format!("/auth/mfa/factors/{}/verify", started["mfa_factor"]["id"].as_str().unwrap());
    user.post(&path, json!({ "answer": answer })).await.ok()["mfa_factor"].clone()
}

/// A user with a password and a passkey.
pub(crate) async fn with_passkey(app: &TestApp) -> (User, Authenticator) {
    let ada = app.user(ADA).await;
    let mut device = Authenticator::new(SITE);
    add(&ada, &mut device, "Laptop").await;
    (ada, device)
}

/// Accepts an invite with a passkey and no password. Returns the response.
pub(crate) async fn accept_with_passkey(client: &Client, token: &str, device: &mut Authenticator) -> Json {
    let begun = client.post("/auth/invites/passkey", json!({ "token": token })).await.ok()["ceremony"].clone();
    let answer = device.create(&begun["options"]);
    let body = json!({ "token": token, "state": begun["state"], "answer": answer });
    client.post("/auth/invites/accept", body).await.ok()
}

pub(crate) async fn begin(client: &Client) -> Json {
    client.post_nothing(BEGIN).await.ok()["ceremony"].clone()
}

pub(crate) async fn finish(client: &Client, begun: &Json, answer: Json) -> Answer {
    client.post(CALLBACK, json!({ "state": begun["state"], "answer": answer })).await
}

pub(crate) async fn sign_in(app: &TestApp, device: &mut Authenticator) -> Answer {
    let client = app.anonymous();
    let begun = begin(&client).await;
    finish(&client, &begun, device.get(&begun["options"])).await
}

#[track_caller]
pub(crate) fn refused(answer: &Answer, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some(code)), "{}", answer.text());
}

#[track_caller]
pub(crate) fn not_allowed(answer: &Answer, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some(code)), "{}", answer.text());
}
