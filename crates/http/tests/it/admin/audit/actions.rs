//! What is done leaves an entry: who, whom, from where, and what it was before and after; never a secret.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::{auditor, entries, short};
use crate::support::{Client, PASSWORD, TestApp, User};

on_both_engines!(
    what_is_done_leaves_one_entry_each,
    who_did_it_to_whom_and_from_where,
    before_and_after,
    what_fails_leaves_none,
    no_entry_holds_a_secret,
);

/// What was done since the last time, in short.
struct Watch<'a> {
    admin: &'a User,
    seen: usize,
}

impl<'a> Watch<'a> {
    async fn begin(admin: &'a User) -> Self {
        let seen = entries(admin, 0).await.len();
        Self { admin, seen }
    }

    async fn new(&mut self) -> Vec<Json> {
        let new = entries(self.admin, self.seen).await;
        self.seen += new.len();
        new
    }

    #[track_caller]
    fn told(new: &[Json], expected: &[&str]) {
        assert_eq!(new.iter().map(short).collect::<Vec<_>>(), expected);
    }
}

async fn what_is_done_leaves_one_entry_each(app: TestApp) {
    let admin = auditor(&app).await;
    let mut watch = Watch::begin(&admin).await;

    let body = json!({ "email": "carol@example.com", "password": PASSWORD });
    let carol = admin.post("/admin/users", body).await.ok()["user"]["id"].as_str().unwrap().to_owned();
    Watch::told(&watch.new().await, &["user.created user>user"]);
    let carol = format!("/admin/users/{carol}");
    admin.post(&carol, json!({ "first_name": "Carol" })).await.ok();
    Watch::told(&watch.new().await, &["user.updated user>user"]);
    admin.post(&carol, json!({ "first_name": "Carol" })).await.ok();
    Watch::told(&watch.new().await, &[]);
    admin.delete(&carol).await.ok();
    Watch::told(&watch.new().await, &["user.deleted user>user"]);

    let ada = admin.invite("ada@example.com").await;
    Watch::told(&watch.new().await, &["invite.created user>invite"]);
    let resent = admin.post_nothing(&format!("/admin/invites/{}/resend", ada.id)).await.ok();
    Watch::told(&watch.new().await, &["invite.resent user>invite"]);
    let registered = app.registered("ada@example.com").await;
    Watch::told(&watch.new().await, &[]);
    registered.accept(resent["invite"]["token"].as_str().unwrap()).await.ok();
    Watch::told(&watch.new().await, &["invite.accepted identity>invite"]);
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.ok();
    Watch::told(&watch.new().await, &["session.started user>session"]);

    let bob = admin.invite("bob@example.com").await;
    admin.delete(&format!("/admin/invites/{}", bob.id)).await.ok();
    Watch::told(&watch.new().await, &["invite.created user>invite", "invite.revoked user>invite"]);
    // Taken back already.
    admin.delete(&format!("/admin/invites/{}", bob.id)).await.ok();
    Watch::told(&watch.new().await, &[]);
}

async fn who_did_it_to_whom_and_from_where(app: TestApp) {
    let admin = auditor(&app).await;
    let mut watch = Watch::begin(&admin).await;
    let answer = admin.post("/admin/invites", json!({ "email": "ada@example.com" })).await;
    let new = watch.new().await;
    let entry = &new[0];
    assert_eq!(entry["actor_id"], json!(admin.id));
    assert_eq!(entry["target_id"], answer.ok()["invite"]["id"]);
    assert_eq!((&entry["address"], &entry["user_agent"]), (&json!("192.0.2.1"), &json!("Browser/1.0")));
    assert_eq!(entry["request_id"], json!(answer.header("x-request-id").unwrap()));
    assert_eq!(entry["created_at"], json!(app.clock_text()));

    // What he says of where he is does not count.
    let from = Client::clone(&app.anonymous()).from_address("203.0.113.9");
    let from = from.with_header("x-forwarded-for", "198.51.100.1").with_header("forwarded", "for=198.51.100.1");
    from.sign_in("admin@example.com", PASSWORD).await.ok();
    let new = watch.new().await;
    assert_eq!((&new[0]["address"], &new[0]["actor_id"]), (&json!("203.0.113.9"), &json!(admin.id)));

    app.create_user("bob@example.com", PASSWORD).await;
    let new = watch.new().await;
    assert_eq!(
        (&new[0]["actor_type"], &new[0]["actor_id"], &new[0]["address"]),
        (&json!("operator"), &Json::Null, &Json::Null)
    );
}

async fn before_and_after(app: TestApp) {
    let admin = auditor(&app).await;
    let ada = admin.bring_in("ada@example.com").await;
    let mut watch = Watch::begin(&admin).await;
    admin.post(&format!("/admin/users/{}", ada.id), json!({ "first_name": "Ada" })).await.ok();
    let new = watch.new().await;
    assert_eq!((&new[0]["before"]["first_name"], &new[0]["after"]["first_name"]), (&Json::Null, &json!("Ada")));
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    let new = watch.new().await;
    assert_eq!(new[0]["before"], json!({ "email": "ada@example.com", "roles": ["role_super_admin"] }));
    assert_eq!(new[0]["after"], Json::Null);
    admin.invite("bob@example.com").await;
    let new = watch.new().await;
    assert_eq!(new[0]["before"], Json::Null);
    assert_eq!(new[0]["after"], json!({ "email": "bob@example.com", "roles": ["role_super_admin"] }));
}

async fn what_fails_leaves_none(app: TestApp) {
    let admin = auditor(&app).await;
    let ada = app.user("ada@example.com").await;
    let bob = admin.invite("bob@example.com").await;
    let mut watch = Watch::begin(&admin).await;
    let unknown = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC";
    for answer in [
        admin.post("/admin/users", json!({ "email": "ada@example.com" })).await,
        admin.post("/admin/users", json!({ "email": "rubbish" })).await,
        admin.post(&format!("/admin/users/{unknown}"), json!({ "first_name": "A" })).await,
        admin.post(&format!("/admin/users/{}", ada.id), json!({ "email": "b@example.com" })).await,
        admin.delete(&format!("/admin/users/{}", admin.id)).await,
        admin.post("/admin/invites", json!({ "email": "ada@example.com" })).await,
        admin.post("/admin/invites", json!({ "email": "carol@example.com", "roles": ["role_nosuch"] })).await,
        admin.post_nothing("/admin/invites/invite_01JDMX5R4Z9WQ0H3T2B7K8N6VC/resend").await,
        app.registered("carol@example.com").await.accept(&bob.token).await,
        app.anonymous().accept_with_password("rubbish", PASSWORD).await,
        app.anonymous().sign_in("ada@example.com", "wrong").await,
        app.anonymous().sign_in("nobody@example.com", "wrong").await,
        app.anonymous().post("/admin/invites", json!({ "email": "dora@example.com" })).await,
    ] {
        assert!((400..500).contains(&answer.status), "{}: {}", answer.asked, answer.text());
        Watch::told(&watch.new().await, &[]);
    }
}

/// security.md 31
async fn no_entry_holds_a_secret(app: TestApp) {
    let admin = auditor(&app).await;
    let invite = admin.invite("ada@example.com").await;
    let resent = admin.post_nothing(&format!("/admin/invites/{}/resend", invite.id)).await.ok();
    let resent = resent["invite"]["token"].as_str().unwrap().to_owned();
    let registered = app.registered("ada@example.com").await;
    registered.accept(&resent).await.ok();
    let ada = app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await;
    let cookie = ada.cookie().await;
    let body = json!({ "email": "bob@example.com", "password": "Another-lantern-43", "invite": false });
    admin.post("/admin/users", body).await;
    let told = admin.get("/admin/audit/export").await;
    for secret in [
        PASSWORD,
        "Another-lantern-43",
        &invite.token,
        &resent,
        &registered.token,
        &ada.token,
        &admin.token,
        cookie.split_once('=').unwrap().1,
        "argon2",
    ] {
        assert!(!told.text().contains(secret), "{secret} in {}", told.text());
        // Nor a part of it by which it could be recognised.
        let part = secret.rsplit('.').next().unwrap();
        assert!(!told.text().contains(part), "{part} in {}", told.text());
    }
}
