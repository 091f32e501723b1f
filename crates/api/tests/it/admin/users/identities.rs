//! `GET /admin/users/{id}/identities`, and the same in `GET /auth/identities`

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_auth::EmailCodeProvider;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    each_method_is_listed_with_when_it_was_added_and_last_used,
    a_code_by_mail_is_listed_as_used,
    a_method_whose_second_factor_is_due_was_not_used,
    other_users_are_not_found,
);

const ADA: &str = "ada@example.com";

async fn each_method_is_listed_with_when_it_was_added_and_last_used(app: TestApp) {
    let admin = app.admin().await;
    let created = admin.post("/admin/users", json!({ "email": ADA, "password": PASSWORD })).await.ok();
    let path = format!("/admin/users/{}/identities", created["user"]["id"].as_str().unwrap());
    let listed = admin.get(&path).await.ok();
    let added = listed["identities"][0]["created_at"].clone();
    let method = json!({
        "provider": "emailpass", "entity_id": ADA, "email": null, "created_at": added, "last_used_at": null,
    });
    assert_eq!(listed, json!({ "identities": [method] }), "before the first sign-in");
    app.clock.advance(Duration::from_secs(60));
    let ada = app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
    let own = ada.get("/auth/identities").await.ok();
    let first = own["identities"][0]["last_used_at"].as_str().unwrap().to_owned();
    assert!(first.as_str() > added.as_str().unwrap(), "{first}");
    assert_eq!(admin.get(&path).await.ok(), own);
    app.clock.advance(Duration::from_secs(60));
    let wrong = json!({ "email": ADA, "password": "Wrong-lantern-1" });
    assert_eq!(app.anonymous().post("/auth/user/emailpass", wrong).await.status, 401);
    assert_eq!(admin.get(&path).await.ok(), own, "a failed attempt is no use");
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
    let later = admin.get(&path).await.ok()["identities"][0]["last_used_at"].as_str().unwrap().to_owned();
    assert!(later > first, "{later}");
}

async fn a_code_by_mail_is_listed_as_used(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).open_with_provider(EmailCodeProvider).await;
    let admin = app.admin().await;
    let invite = admin.invite("bob@example.com").await;
    let body = json!({ "token": invite.token, "without_password": true });
    let accepted = app.anonymous().post("/auth/invites/accept", body).await.ok();
    let path = format!("/admin/users/{}/identities", accepted["user"]["id"].as_str().unwrap());
    let used = async || admin.get(&path).await.ok()["identities"][0]["last_used_at"].as_str().unwrap().to_owned();
    let first = used().await;
    app.clock.advance(Duration::from_secs(60));
    let begun = app.anonymous().post("/auth/user/emailcode", json!({ "email": "bob@example.com" })).await.ok();
    let code = app.events("auth.sign_in_code_requested").await[0]["code"].clone();
    assert_eq!(used().await, first, "a code that was only mailed");
    let redeem = json!({ "state": begun["state"], "code": code });
    app.anonymous().post("/auth/user/emailcode/callback", redeem).await.ok();
    assert!(used().await > first);
}

async fn a_method_whose_second_factor_is_due_was_not_used(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user(ADA).await);
    let factor = app.enrol(&ada).await;
    let path = format!("/admin/users/{}/identities", ada.id);
    let used = async || admin.get(&path).await.ok()["identities"][0]["last_used_at"].as_str().unwrap().to_owned();
    let before = used().await;
    app.clock.advance(Duration::from_secs(60));
    let half = app.pending_sign_in(ADA).await;
    assert_eq!(used().await, before);
    let answer = json!({ "method": "totp", "code": app.next_code(&factor.secret) });
    app.bearer(&half.token).post(&half.path(), answer).await.ok();
    assert!(used().await > before);
}

async fn other_users_are_not_found(app: TestApp) {
    let admin = app.admin().await;
    for id in ["user_nosuch", "me", "%00"] {
        assert_eq!(admin.get(&format!("/admin/users/{id}/identities")).await.status, 404, "{id}");
    }
    // A registration without an owner is no one's sign-in method.
    app.registered("bob@example.com").await;
    let bob = admin.post("/admin/users", json!({ "email": "bob@example.com" })).await.ok();
    let path = format!("/admin/users/{}/identities", bob["user"]["id"].as_str().unwrap());
    admin.get(&path).await.is(200, &json!({ "identities": [] }));
}
