//! 38: no caller acts on a user, a role, a policy, an invite or an API key that allows more than the caller; the
//! response names what is missing.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Ask, Client, TestApp, User};

on_both_engines!(
    acting_on_a_user_with_more_permissions_returns_403,
    acting_on_a_user_with_fewer_permissions_is_allowed,
    acting_on_the_own_account_is_allowed_as_far_as_routes_allow_it,
    unlocking_a_lock_that_was_set_with_more_permissions_returns_403,
    locking_again_with_more_permissions_strengthens_the_lock,
    changing_a_role_or_a_policy_with_more_permissions_returns_403,
    acting_on_an_invite_with_more_permissions_returns_403,
    acting_on_an_api_key_with_more_permissions_returns_403,
    an_api_key_acts_only_on_what_allows_no_more_than_the_key,
);

const MANAGER: [&str; 7] = ["user:*", "invite:*", "rbac_role:*", "rbac_policy:*", "api_key:*", "session:*", "mfa:*"];

async fn manager(app: &TestApp) -> User {
    app.user_who_may("manager@example.com", &MANAGER).await
}

/// 403, with the policies that are missing.
#[track_caller]
fn is_refused(answer: &Answer, missing: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["code"]), (403, &json!("policies_missing")), "{} {body}", answer.asked);
    let message = body["message"].as_str().unwrap_or_default();
    assert!(message.ends_with(&format!(": you lack {missing}")), "{} {message}", answer.asked);
}

/// Every request that acts on a user, to be sent one after the other.
async fn actions(app: &TestApp, caller: &Client, target: &User) -> Vec<Ask> {
    let user = format!("/admin/users/{}", target.id);
    let session = target.get("/auth/sessions").await.ok()["sessions"][0]["id"].as_str().unwrap().to_owned();
    let harmless = app.role(&format!("Harmless {}", target.id), &[]).await.id;
    let factor = app.enrol(target).await.id;
    let roles = format!("{user}/roles");
    let role_users = format!("/admin/rbac/roles/{harmless}/users");
    vec![
        caller.post(&user, json!({ "first_name": "Renamed" })),
        caller.post(&user, json!({ "metadata": { "a": 1 } })),
        caller.post(&user, json!({ "avatar_url": null })),
        caller.post(&roles, json!({ "roles": [harmless] })),
        caller.delete(&roles).json(&json!({ "roles": [harmless] })),
        caller.delete(&format!("{roles}/{harmless}")),
        caller.post(&role_users, json!({ "users": [target.id] })),
        caller.delete(&role_users).json(&json!({ "users": [target.id] })),
        caller.delete(&format!("{user}/failed-attempts")),
        caller.delete(&format!("{user}/mfa/{factor}")),
        caller.delete(&format!("{user}/mfa")),
        caller.post_nothing(&format!("{user}/reset-password")),
        caller.delete(&format!("{user}/sessions/{session}")),
        caller.delete(&format!("{user}/sessions")),
        caller.post_nothing(&format!("{user}/lock")),
        caller.post_nothing(&format!("{user}/unlock")),
        caller.delete(&user),
    ]
}

async fn acting_on_a_user_with_more_permissions_returns_403(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let auditor = app.user_who_may("auditor@example.com", &["audit:read", "user:read"]).await;
    let second = app.user("second@example.com").await;
    for (target, missing) in [(&second, "*:*"), (&auditor, "audit:read")] {
        for ask in actions(&app, &manager, target).await {
            is_refused(&ask.await, missing);
        }
        // The user and the session are unchanged.
        let me = target.get("/admin/users/me").await.ok();
        assert_eq!((&me["user"]["first_name"], &me["user"]["metadata"]), (&json!(null), &json!(null)));
    }
    // A target with fewer permissions is not changed together with one that has more.
    let small = app.role("Small", &["user:read"]).await.id;
    let ada = app.user_with("ada@example.com", &[]).await;
    let users = json!({ "users": [ada.id, second.id] });
    is_refused(&manager.post(&format!("/admin/rbac/roles/{small}/users"), users).await, "*:*");
    assert!(ada.permissions().await.is_empty());
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 5);
}

async fn acting_on_a_user_with_fewer_permissions_is_allowed(app: TestApp) {
    let manager = manager(&app).await;
    let ada = app.user_who_may("ada@example.com", &["user:read", "invite:read"]).await;
    for ask in actions(&app, &manager, &ada).await {
        ask.await.ok();
    }
    ada.get("/admin/users/me").await.is_unauthorized();
}

async fn acting_on_the_own_account_is_allowed_as_far_as_routes_allow_it(app: TestApp) {
    let manager = manager(&app).await;
    let own = format!("/admin/users/{}", manager.id);
    manager.post(&own, json!({ "first_name": "Ada" })).await.ok();
    assert_eq!(manager.delete(&format!("{own}/failed-attempts")).await.json()["code"], "own_account");
    assert_eq!(manager.post_nothing(&format!("{own}/lock")).await.json()["message"], "A user cannot lock itself");
    manager.delete(&format!("{own}/sessions")).await.ok();
    manager.get("/admin/users/me").await.is_unauthorized();
}

async fn unlocking_a_lock_that_was_set_with_more_permissions_returns_403(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let helper = app.user_who_may("helper@example.com", &["user:update"]).await;
    let ada = app.user_with("ada@example.com", &[]).await;
    let (lock, unlock) = (format!("/admin/users/{}/lock", ada.id), format!("/admin/users/{}/unlock", ada.id));
    admin.post_nothing(&lock).await.ok();
    is_refused(&manager.post_nothing(&unlock).await, "*:*");
    admin.post_nothing(&unlock).await.ok();
    manager.post_nothing(&lock).await.ok();
    assert_eq!(helper.post_nothing(&unlock).await.status, 403);
    // Also after the user who locked has lost the permission, or is deleted.
    admin.delete(&format!("/admin/users/{}", manager.id)).await.ok();
    assert_eq!(helper.post_nothing(&unlock).await.status, 403);
    admin.post_nothing(&unlock).await.ok();
    helper.post_nothing(&lock).await.ok();
    let other = app.user_who_may("other@example.com", &["user:update"]).await;
    assert!(other.post_nothing(&unlock).await.ok()["user"]["locked_at"].is_null(), "equal permissions are enough");
    // A lock without a recorded actor.
    app.flows.users().lock_users(ada.id.parse::<vestibule_user::UserId>().unwrap()).await.unwrap();
    is_refused(&other.post_nothing(&unlock).await, "*:*");
    admin.post_nothing(&unlock).await.ok();
}

async fn locking_again_with_more_permissions_strengthens_the_lock(app: TestApp) {
    let (admin, helper) = (app.admin().await, app.user_who_may("helper@example.com", &["user:update"]).await);
    let ada = app.user_with("ada@example.com", &[]).await;
    let (lock, unlock) = (format!("/admin/users/{}/lock", ada.id), format!("/admin/users/{}/unlock", ada.id));
    helper.post_nothing(&lock).await.ok();
    admin.post_nothing(&lock).await.ok();
    helper.post_nothing(&lock).await.ok();
    is_refused(&helper.post_nothing(&unlock).await, "*:*");
}

async fn changing_a_role_or_a_policy_with_more_permissions_returns_403(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let big = app.role("Big", &["user:read", "audit:read"]).await.id;
    let parent = app.role("Parent", &["user:read"]).await.id;
    let body = json!({ "name": "Child", "parent_id": parent, "policy_ids": [app.policy("audit:read").await] });
    admin.post("/admin/rbac/roles", body).await.ok();
    let (held, read) = (app.policy("user:update").await, app.policy("user:read").await);
    let (big, parent) = (format!("/admin/rbac/roles/{big}"), format!("/admin/rbac/roles/{parent}"));
    let audit = format!("/admin/rbac/policies/{}", app.policy("audit:read").await);
    for ask in [
        manager.post(&big, json!({ "name": "Small" })),
        manager.post(&big, json!({ "description": "x" })),
        manager.post(&big, json!({ "metadata": { "a": 1 } })),
        manager.post(&big, json!({ "requires_mfa": true })),
        manager.post(&format!("{big}/policies"), json!({ "policies": [held] })),
        manager.delete(&format!("{big}/policies/{read}")),
        manager.delete(&big),
        // What a descendant role allows counts when that changes as well.
        manager.post(&parent, json!({ "requires_mfa": true })),
        manager.post(&format!("{parent}/policies"), json!({ "policies": [held] })),
        manager.delete(&format!("{parent}/policies/{read}")),
        manager.delete(&parent),
        manager.post(&audit, json!({ "name": "Renamed" })),
        manager.post(&audit, json!({ "metadata": { "a": 1 } })),
        manager.delete(&audit),
        // What ancestor roles hold is not changed by way of the policy either.
        manager.delete(&format!("/admin/rbac/policies/{read}")),
        manager.post(&format!("/admin/rbac/policies/{read}"), json!({ "key": "user:fly" })),
    ] {
        is_refused(&ask.await, "audit:read");
    }
    for path in ["/admin/rbac/roles/role_super_admin", "/admin/rbac/policies/rpol_super_admin"] {
        is_refused(&manager.post(path, json!({ "description": "x" })).await, "*:*");
    }
    manager.post(&parent, json!({ "name": "Readers" })).await.ok();
    let small = format!("/admin/rbac/roles/{}", app.role("Small", &["user:read"]).await.id);
    manager.post(&small, json!({ "name": "Smaller", "requires_mfa": true })).await.ok();
    manager.post(&format!("{small}/policies"), json!({ "policies": [held] })).await.ok();
    manager.delete(&small).await.ok();
}

async fn acting_on_an_invite_with_more_permissions_returns_403(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let invite = format!("/admin/invites/{}", admin.invite("ada@example.com").await.id);
    // An invite of a user created beforehand grants what that user has.
    let body = json!({ "email": "bob@example.com", "invite": true });
    let created = admin.post("/admin/users", body).await.ok();
    let beforehand = format!("/admin/invites/{}", created["invite"]["id"].as_str().unwrap());
    for path in [invite, beforehand] {
        is_refused(&manager.delete(&path).await, "*:*");
        is_refused(&manager.post_nothing(&format!("{path}/resend")).await, "*:*");
        assert_eq!(admin.get(&path).await.ok()["invite"]["state"], "pending");
        admin.delete(&path).await.ok();
    }
    // Creating a user revokes the pending invite to the address.
    let pending = admin.invite("carol@example.com").await;
    let body = json!({ "email": "Carol@example.com", "roles": [] });
    is_refused(&manager.post("/admin/users", body.clone()).await, "*:*");
    let found = admin.get(&format!("/admin/invites/{}", pending.id)).await.ok();
    assert_eq!(found["invite"]["state"], "pending");
    admin.post("/admin/users", body).await.ok();
    let own = manager.post("/admin/invites", json!({ "email": "eve@example.com", "roles": [] })).await.ok();
    let own = format!("/admin/invites/{}", own["invite"]["id"].as_str().unwrap());
    manager.post_nothing(&format!("{own}/resend")).await.ok();
    manager.delete(&own).await.ok();
}

async fn acting_on_an_api_key_with_more_permissions_returns_403(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let key = admin.api_key("admin's", None).await;
    let path = format!("/admin/api-keys/{}", key.id);
    is_refused(&manager.post_nothing(&format!("{path}/revoke")).await, "*:*");
    is_refused(&manager.post(&path, json!({ "title": "x" })).await, "*:*");
    app.basic(&key.token).get("/admin/users").await.ok();
    admin.post_nothing(&format!("{path}/revoke")).await.ok();
    is_refused(&manager.delete(&path).await, "*:*");
    admin.delete(&path).await.ok();
    // A user's own key can be revoked also after the user has lost its permissions.
    let audit = app.role("Audit", &["audit:read"]).await.id;
    let roles = format!("/admin/users/{}/roles", manager.id);
    admin.post(&roles, json!({ "roles": [audit] })).await.ok();
    let own = manager.api_key("own", None).await;
    admin.delete(&format!("{roles}/{audit}")).await.ok();
    let path = format!("/admin/api-keys/{}", own.id);
    manager.post_nothing(&format!("{path}/revoke")).await.ok();
    manager.delete(&path).await.ok();
}

async fn an_api_key_acts_only_on_what_allows_no_more_than_the_key(app: TestApp) {
    let admin = app.admin().await;
    let helpers = app.role("Helpers", &["user:*", "session:*", "mfa:*", "rbac_role:*"]).await.id;
    let key = app.basic(&admin.api_key("helper", Some(&[&helpers])).await.token);
    let (second, ada) = (app.user("second@example.com").await, app.user_with("ada@example.com", &[]).await);
    for ask in actions(&app, &key, &second).await {
        is_refused(&ask.await, "*:*");
    }
    // Widening access requires a person, for every target.
    for ask in actions(&app, &key, &ada).await {
        let answer = ask.await;
        let is_for_persons = answer.status == 403 && answer.json()["code"] == "not_for_api_keys";
        assert!(answer.status == 200 || is_for_persons, "{} {}", answer.asked, answer.text());
    }
    is_refused(&key.delete(&format!("/admin/users/{}", admin.id)).await, "*:*");
}
