//! `POST /admin/users/{id}/lock` and `/unlock`

use std::sync::Arc;

use serde_json::json;
use vestibule_database::Migrations;
use vestibule_testing::{SetUp, TestDatabase, on_both_engines};

use crate::support::{Ask, PASSWORD, TestApp, together};

on_both_engines!(
    a_locked_user_is_refused_by_every_process,
    lock_is_refused_where_it_is_not_allowed,
    lock_requires_its_policy,
    lock_revokes_the_api_keys_of_the_user_on_request,
    revoking_the_keys_of_a_user_requires_its_policy_and_their_permissions,
);
on_both_engines!(4 threads: concurrent_locks_leave_one_super_admin);

/// Two processes on one database.
struct Two {
    app: TestApp,
    other: TestApp,
}

impl SetUp for Two {
    const TABLES: &[Migrations] = TestApp::TABLES;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let app = TestApp::on(&place).open().await;
        let other = TestApp::on(&place).beside(&app).open().await;
        Self { app, other }
    }
}

/// security.md 10 and 21
async fn a_locked_user_is_refused_by_every_process(Two { app, other }: Two) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let cookie = ada.cookie().await;
    let clients = [app.bearer(&ada.token), other.bearer(&ada.token), app.cookie(&cookie), other.cookie(&cookie)];
    for client in &clients {
        client.get("/admin/users/me").await.ok();
    }
    let path = format!("/admin/users/{}", ada.id);
    let locked = admin.post_nothing(&format!("{path}/lock")).await.ok();
    assert_eq!(locked["user"]["locked_at"], json!(app.clock_text()));
    assert_eq!(admin.get(&path).await.ok(), locked);
    for client in &clients {
        client.get("/admin/users/me").await.is_unauthorized();
        client.get("/admin/users").await.is_unauthorized();
        client.post_nothing("/auth/token/refresh").await.is_unauthorized();
        client.post_nothing("/auth/session").await.is_unauthorized();
    }
    // Only with the right password does the response name the lock; otherwise it is the general one.
    for app in [&app, &other] {
        let refused = app.anonymous().sign_in("ada@example.com", PASSWORD).await;
        assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("user_locked")));
        let wrong = app.anonymous().sign_in("ada@example.com", "Other-harbour-77x").await;
        wrong.is_error(401, "unauthorized", "Invalid email or password");
    }
    assert_eq!(admin.get("/admin/users?locked_at[$ne]=null&fields=id").await.ok()["users"], json!([{ "id": ada.id }]));
    assert_eq!(admin.get(&format!("{path}/sessions")).await.ok()["count"], 0);

    let unlocked = admin.post_nothing(&format!("{path}/unlock?fields=locked_at")).await;
    unlocked.is(200, &json!({ "user": { "id": ada.id, "locked_at": null } }));
    for client in &clients {
        client.get("/admin/users/me").await.is_unauthorized();
    }
    app.user("ada@example.com").await.get("/admin/users/me").await.ok();
}

async fn lock_is_refused_where_it_is_not_allowed(app: TestApp) {
    let admin = app.admin().await;
    let lock = |id: &str| format!("/admin/users/{id}/lock");
    admin.post_nothing(&lock(&admin.id)).await.is_error(400, "not_allowed", "A user cannot lock itself");
    for id in ["user_nosuch", "me", "x"] {
        let message = format!("User with id: {id} was not found");
        admin.post_nothing(&lock(id)).await.is_error(404, "not_found", &message);
        admin.post_nothing(&format!("/admin/users/{id}/unlock")).await.is_error(404, "not_found", &message);
    }
    // security.md 27, also for an API key.
    let message = "This is the last super admin: no one else may do everything. Make another user a super admin first.";
    let key = app.basic(&admin.api_key("x", None).await.token);
    key.post_nothing(&lock(&admin.id)).await.is_coded(400, "not_allowed", "last_super_admin", message);
    let helper = app.limited("helper@example.com", &["user:update"]).await;
    // security.md 38
    let message = "You cannot act on a user who may do more than you: you lack *:*";
    helper.post_nothing(&lock(&admin.id)).await.is_coded(403, "forbidden", "policies_missing", message);
    admin.get("/admin/users/me").await.ok();
    admin.post_nothing(&format!("{}?nosuch=1", lock(&helper.id))).await.is_invalid("Unrecognized fields: 'nosuch'");
    // security.md 26: the lock is not a field that can be set.
    let body = json!({ "locked_at": null });
    admin.post(&format!("/admin/users/{}", helper.id), body).await.is_invalid("Unrecognized fields: 'locked_at'");
}

/// security.md 25
async fn lock_requires_its_policy(app: TestApp) {
    let ada = app.user_with("ada@example.com", &[]).await;
    app.admin().await;
    let reader = app.limited("reader@example.com", &["user:read"]).await;
    let helper = app.limited("helper@example.com", &["user:update"]).await;
    for action in ["lock", "unlock"] {
        let path = format!("/admin/users/{}/{action}", ada.id);
        let message = "Insufficient permissions. Required policies: user:update";
        reader.post_nothing(&path).await.is_error(403, "forbidden", message);
        helper.post_nothing(&path).await.ok();
    }
}

/// security.md 27
async fn concurrent_locks_leave_one_super_admin(Two { app, other }: Two) {
    let (one, two) = (app.user("one@example.com").await, app.user("two@example.com").await);
    let asks: Vec<Ask> = (0..64)
        .map(|number| {
            let (context, of) = if number % 2 == 0 { (&one, &two) } else { (&two, &one) };
            let app = if number / 2 % 2 == 0 { &app } else { &other };
            app.bearer(&context.token).post_nothing(&format!("/admin/users/{}/lock", of.id))
        })
        .collect();
    let answers = together(64, |number| {
        let ask = asks[number].clone();
        async move { ask.await }
    })
    .await;
    for answer in &answers {
        assert!([200, 400, 401].contains(&answer.status), "{} {}", answer.status, answer.text());
        assert_ne!(answer.json()["code"], "user_locked");
    }
    assert!(answers.iter().any(|answer| answer.status == 200));
    let mut left = [one.get("/admin/users/me").await.status, two.get("/admin/users/me").await.status];
    left.sort_unstable();
    assert_eq!(left, [200, 401]);
}

async fn lock_revokes_the_api_keys_of_the_user_on_request(app: TestApp) {
    let admin = app.admin().await;
    let works = async |key: &str| app.basic(key).get("/admin/users").await.status == 200;
    let is_kept =
        async |id: &str| admin.get(&format!("/admin/api-keys/{id}")).await.ok()["api_key"]["revoked_at"].is_null();
    for (number, (ask, is_revoked)) in
        [("lock", false), ("lock?revoke_api_keys=false", false), ("lock?revoke_api_keys=true", true)]
            .into_iter()
            .chain([("", false), ("?revoke_api_keys=true", true)])
            .enumerate()
    {
        let ada = app.user(&format!("ada{number}@example.com")).await;
        let (first, second) = (ada.api_key("first", None).await, ada.api_key("second", None).await);
        let own = admin.api_key("admin's", None).await;
        let path = format!("/admin/users/{}", ada.id);
        match ask.starts_with("lock") {
            true => admin.post_nothing(&format!("{path}/{ask}")).await.ok(),
            false => admin.delete(&format!("{path}{ask}")).await.ok(),
        };
        let kept = (is_kept(&first.id).await, is_kept(&second.id).await, is_kept(&own.id).await);
        assert_eq!(kept, (!is_revoked, !is_revoked, true), "{ask}");
        // Revoked or not, a key allows no more than its creator at that moment.
        assert_eq!((works(&first.token).await, works(&own.token).await), (false, true), "{ask}");
        if ask.starts_with("lock") {
            admin.post_nothing(&format!("{path}/unlock")).await.ok();
            assert_eq!(works(&first.token).await, !is_revoked, "{ask}");
        }
    }
    let ada = app.user("ada@example.com").await;
    for wrong in ["revoke_api_keys=yes", "revoke_api_keys=", "revoke_api_keys[]=true"] {
        assert_eq!(admin.post_nothing(&format!("/admin/users/{}/lock?{wrong}", ada.id)).await.status, 400, "{wrong}");
        assert_eq!(admin.delete(&format!("/admin/users/{}?{wrong}", ada.id)).await.status, 400, "{wrong}");
    }
}

/// security.md 25 and 38
async fn revoking_the_keys_of_a_user_requires_its_policy_and_their_permissions(app: TestApp) {
    let admin = app.admin().await;
    let audit = app.role("Audit", &["audit:read"]).await.id;
    let maker = app.user_who_may("maker@example.com", &["api_key:create"]).await;
    let roles = format!("/admin/users/{}/roles", maker.id);
    admin.post(&roles, json!({ "roles": [audit] })).await.ok();
    let key = maker.api_key("audits", None).await;
    admin.delete(&format!("{roles}/{audit}")).await.ok();
    let helper = app.user_who_may("helper@example.com", &["user:update", "api_key:create"]).await;
    let reviser = app.user_who_may("reviser@example.com", &["user:update", "api_key:*"]).await;
    let path = format!("/admin/users/{}/lock", maker.id);
    for (caller, missing) in [(&helper, "api_key:update"), (&reviser, "audit:read")] {
        let refused = caller.post_nothing(&format!("{path}?revoke_api_keys=true")).await;
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("policies_missing")));
        assert!(refused.json()["message"].as_str().unwrap().ends_with(&format!("you lack {missing}")));
    }
    maker.get("/admin/rbac/me/permissions").await.ok();
    helper.post_nothing(&path).await.ok();
    assert_eq!(app.audited("api_key.revoked").await.len(), 0);
    admin.post_nothing(&format!("{path}?revoke_api_keys=true")).await.ok();
    app.basic(&key.token).get("/admin/audit").await.is_unauthorized();
    assert_eq!(app.audited("api_key.revoked").await.len(), 1);
}
