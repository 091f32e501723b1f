//! Each action leaves an entry: the actor, the target, the client, and the values before and after; never a secret.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::{auditor, entries, short};
use crate::support::{Client, PASSWORD, TestApp, User};

on_both_engines!(
    each_action_leaves_one_entry,
    each_change_of_privileges_leaves_one_entry,
    each_lock_session_and_password_action_leaves_one_entry,
    entries_name_actor_target_and_client,
    entries_hold_the_values_before_and_after,
    failed_requests_leave_no_entry,
    no_entry_holds_a_secret,
);

/// The actions since the last call, in short form.
struct Watch<'a> {
    admin: &'a User,
    seen: usize,
}

impl<'a> Watch<'a> {
    async fn begin(admin: &'a User) -> Self {
        let seen = entries(admin, 0).await.len();
        Self { admin, seen }
    }

    async fn since(&mut self) -> Vec<Json> {
        let new = entries(self.admin, self.seen).await;
        self.seen += new.len();
        new
    }

    #[track_caller]
    fn expect(new: &[Json], expected: &[&str]) {
        assert_eq!(new.iter().map(short).collect::<Vec<_>>(), expected);
    }
}

async fn each_action_leaves_one_entry(app: TestApp) {
    let admin = auditor(&app).await;
    let mut watch = Watch::begin(&admin).await;

    let body = json!({ "email": "carol@example.com", "password": PASSWORD });
    let carol = admin.post("/admin/users", body).await.ok()["user"]["id"].as_str().unwrap().to_owned();
    Watch::expect(&watch.since().await, &["user.created user>user"]);
    let carol = format!("/admin/users/{carol}");
    admin.post(&carol, json!({ "first_name": "Carol" })).await.ok();
    Watch::expect(&watch.since().await, &["user.updated user>user"]);
    admin.post(&carol, json!({ "first_name": "Carol" })).await.ok();
    Watch::expect(&watch.since().await, &[]);
    admin.delete(&carol).await.ok();
    Watch::expect(&watch.since().await, &["user.deleted user>user"]);

    let ada = admin.invite("ada@example.com").await;
    Watch::expect(&watch.since().await, &["invite.created user>invite"]);
    let resent = admin.post_nothing(&format!("/admin/invites/{}/resend", ada.id)).await.ok();
    Watch::expect(&watch.since().await, &["invite.resent user>invite"]);
    let registered = app.registered("ada@example.com").await;
    Watch::expect(&watch.since().await, &[]);
    registered.accept(resent["invite"]["token"].as_str().unwrap()).await.ok();
    Watch::expect(&watch.since().await, &["invite.accepted identity>invite"]);
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.ok();
    Watch::expect(&watch.since().await, &["session.started user>session"]);

    let bob = admin.invite("bob@example.com").await;
    admin.delete(&format!("/admin/invites/{}", bob.id)).await.ok();
    Watch::expect(&watch.since().await, &["invite.created user>invite", "invite.revoked user>invite"]);
    // It has been revoked already.
    admin.delete(&format!("/admin/invites/{}", bob.id)).await.ok();
    Watch::expect(&watch.since().await, &[]);
}

async fn each_change_of_privileges_leaves_one_entry(app: TestApp) {
    let admin = auditor(&app).await;
    let ada = app.user("ada@example.com").await;
    let mut watch = Watch::begin(&admin).await;
    let role = admin.post("/admin/rbac/roles", json!({ "name": "Reader" })).await.ok()["role"]["id"].clone();
    let role = role.as_str().unwrap();
    Watch::expect(&watch.since().await, &["role.created user>role"]);
    admin.post(&format!("/admin/rbac/roles/{role}"), json!({ "name": "Readers" })).await.ok();
    let new = watch.since().await;
    Watch::expect(&new, &["role.updated user>role"]);
    assert_eq!((&new[0]["before"]["name"], &new[0]["after"]["name"]), (&json!("Reader"), &json!("Readers")));

    let policy = json!({ "key": "shop:open", "resource": "shop", "operation": "open" });
    let policy = admin.post("/admin/rbac/policies", policy).await.ok()["policy"]["id"].as_str().unwrap().to_owned();
    Watch::expect(&watch.since().await, &["policy.created user>policy"]);
    admin.post(&format!("/admin/rbac/policies/{policy}"), json!({ "name": "OpenShop" })).await.ok();
    Watch::expect(&watch.since().await, &["policy.updated user>policy"]);
    let own = format!("/admin/rbac/roles/{role}/policies");
    admin.post(&own, json!({ "policies": [policy] })).await.ok();
    let new = watch.since().await;
    Watch::expect(&new, &["role.policies_added user>role"]);
    assert_eq!(new[0]["target_id"], json!(role));

    let roles = format!("/admin/users/{}/roles", ada.id);
    admin.post(&roles, json!({ "roles": [role] })).await.ok();
    let new = watch.since().await;
    Watch::expect(&new, &["user.roles_assigned user>user"]);
    assert_eq!(new[0]["target_id"], json!(ada.id));
    assert!(!new[0]["before"].to_string().contains(role) && new[0]["after"].to_string().contains(role), "{}", new[0]);
    admin.delete(&format!("{roles}/{role}")).await.ok();
    let new = watch.since().await;
    Watch::expect(&new, &["user.roles_removed user>user"]);
    assert!(new[0]["before"].to_string().contains(role) && !new[0]["after"].to_string().contains(role), "{}", new[0]);

    admin.delete(&format!("{own}/{policy}")).await.ok();
    Watch::expect(&watch.since().await, &["role.policies_removed user>role"]);
    admin.delete(&format!("/admin/rbac/policies/{policy}")).await.ok();
    Watch::expect(&watch.since().await, &["policy.deleted user>policy"]);
    admin.delete(&format!("/admin/rbac/roles/{role}")).await.ok();
    Watch::expect(&watch.since().await, &["role.deleted user>role"]);
}

async fn each_lock_session_and_password_action_leaves_one_entry(app: TestApp) {
    let admin = auditor(&app).await;
    let ada = app.user("ada@example.com").await;
    let of_ada = format!("/admin/users/{}", ada.id);
    let mut watch = Watch::begin(&admin).await;
    admin.post_nothing(&format!("{of_ada}/lock")).await.ok();
    Watch::expect(&watch.since().await, &["user.locked user>user"]);
    admin.post_nothing(&format!("{of_ada}/unlock")).await.ok();
    Watch::expect(&watch.since().await, &["user.unlocked user>user"]);
    app.anonymous().sign_in("ada@example.com", "wrong").await;
    watch.since().await;
    admin.delete(&format!("{of_ada}/failed-attempts")).await.ok();
    Watch::expect(&watch.since().await, &["user.attempts_cleared user>user"]);

    let ada = app.user("ada@example.com").await;
    watch.since().await;
    admin.delete(&format!("{of_ada}/sessions")).await.ok();
    let new = watch.since().await;
    assert!(!new.is_empty() && new.iter().all(|entry| short(entry).starts_with("session.ended user>")), "{new:?}");
    ada.get("/admin/users/me").await.is_unauthorized();
    let ada = app.user("ada@example.com").await;
    watch.since().await;
    ada.delete("/auth/session").await.ok();
    let new = watch.since().await;
    Watch::expect(&new, &["session.ended user>session"]);
    assert_eq!(new[0]["actor_id"], json!(ada.id));

    let key = admin.post("/admin/api-keys", json!({ "title": "Shop", "type": "secret" })).await.ok()["api_key"].clone();
    let (path, token) = (format!("/admin/api-keys/{}", key["id"].as_str().unwrap()), key["token"].as_str().unwrap());
    Watch::expect(&watch.since().await, &["api_key.created user>api_key"]);
    app.bearer(token).post("/admin/invites", json!({ "email": "bob@example.com", "roles": [] })).await;
    watch.since().await;
    admin.post(&path, json!({ "title": "Shops" })).await.ok();
    Watch::expect(&watch.since().await, &["api_key.updated user>api_key"]);
    admin.post_nothing(&format!("{path}/revoke")).await.ok();
    Watch::expect(&watch.since().await, &["api_key.revoked user>api_key"]);
    admin.delete(&path).await.ok();
    Watch::expect(&watch.since().await, &["api_key.deleted user>api_key"]);
    assert!(!admin.get("/admin/audit/export").await.text().contains(token), "security.md 31");
}

async fn entries_name_actor_target_and_client(app: TestApp) {
    let admin = auditor(&app).await;
    let mut watch = Watch::begin(&admin).await;
    let answer = admin.post("/admin/invites", json!({ "email": "ada@example.com" })).await;
    let new = watch.since().await;
    let entry = &new[0];
    assert_eq!(entry["actor_id"], json!(admin.id));
    assert_eq!(entry["target_id"], answer.ok()["invite"]["id"]);
    assert_eq!((&entry["address"], &entry["user_agent"]), (&json!("192.0.2.1"), &json!("Browser/1.0")));
    assert_eq!(entry["request_id"], json!(answer.header("x-request-id").unwrap()));
    assert_eq!(entry["created_at"], json!(app.clock_text()));

    // Headers that the client sets itself do not count.
    let from = Client::clone(&app.anonymous()).at_address("203.0.113.9");
    let from = from.with_header("x-forwarded-for", "198.51.100.1").with_header("forwarded", "for=198.51.100.1");
    from.sign_in("admin@example.com", PASSWORD).await.ok();
    let new = watch.since().await;
    assert_eq!((&new[0]["address"], &new[0]["actor_id"]), (&json!("203.0.113.9"), &json!(admin.id)));

    app.create_user("bob@example.com", PASSWORD).await;
    let new = watch.since().await;
    assert_eq!(
        (&new[0]["actor_type"], &new[0]["actor_id"], &new[0]["address"]),
        (&json!("operator"), &Json::Null, &Json::Null)
    );
}

async fn entries_hold_the_values_before_and_after(app: TestApp) {
    let admin = auditor(&app).await;
    let ada = admin.invite_and_accept("ada@example.com").await;
    let mut watch = Watch::begin(&admin).await;
    admin.post(&format!("/admin/users/{}", ada.id), json!({ "first_name": "Ada" })).await.ok();
    let new = watch.since().await;
    assert_eq!((&new[0]["before"]["first_name"], &new[0]["after"]["first_name"]), (&Json::Null, &json!("Ada")));
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    let new = watch.since().await;
    assert_eq!(new[0]["before"], json!({ "email": "ada@example.com", "roles": ["role_super_admin"] }));
    assert_eq!(new[0]["after"], Json::Null);
    admin.invite("bob@example.com").await;
    let new = watch.since().await;
    assert_eq!(new[0]["before"], Json::Null);
    assert_eq!(new[0]["after"], json!({ "email": "bob@example.com", "roles": ["role_super_admin"] }));
}

async fn failed_requests_leave_no_entry(app: TestApp) {
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
        app.anonymous().post("/admin/invites", json!({ "email": "dora@example.com" })).await,
    ] {
        assert!((400..500).contains(&answer.status), "{}: {}", answer.asked, answer.text());
        Watch::expect(&watch.since().await, &[]);
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
    let export = admin.get("/admin/audit/export").await;
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
        assert!(!export.text().contains(secret), "{secret} in {}", export.text());
        // Nor a part of it that would identify it.
        let part = secret.rsplit('.').next().unwrap();
        assert!(!export.text().contains(part), "{part} in {}", export.text());
    }
}
