//! 5: no one grants, or removes, what they lack themselves, on any path to the same effect; what they lack is named.

use serde_json::json;
use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Ask, PASSWORD, TestApp, User, together};

on_both_engines!(
    granting_a_missing_permission_returns_403,
    removing_a_missing_permission_returns_403,
    callers_cannot_extend_their_own_role,
    callers_can_grant_what_they_have,
    an_invite_is_refused_once_the_inviter_may_not_grant_its_roles,
);
on_both_engines!(4 threads: concurrent_escalations_all_fail);

/// A manager, with all permissions on users, invites, roles, policies and API keys, and no others.
async fn manager(app: &TestApp) -> User {
    let may = ["user:*", "invite:*", "rbac_role:*", "rbac_policy:*", "api_key:*"];
    app.user_who_may("manager@example.com", &may).await
}

/// 403, with the name of the missing policy.
#[track_caller]
fn is_refused(answer: &Answer, missing: &str) {
    let body = answer.json();
    let message = body["message"].as_str().unwrap_or_default();
    assert_eq!((answer.status, &body["code"]), (403, &json!("policies_missing")), "{} {body}", answer.asked);
    assert!(message.ends_with(&format!("you lack {missing}")), "{} {message}", answer.asked);
}

/// Every request by which the manager could give to themselves, or to an accomplice, what they lack.
async fn escalations(app: &TestApp, manager: &User) -> Vec<(Ask, &'static str)> {
    let big = app.role("Big", &["user:read", "audit:read"]).await.id;
    let small = app.role("Small", &["user:read"]).await.id;
    let own = app.flows.rbac().role_ids_of(app.flows.database(), &manager.id).await.unwrap()[0].clone();
    let (audit, everything) = (app.policy("audit:read").await, "rpol_super_admin");
    let harmless = app.policy("user:read").await;
    let own_roles = format!("/admin/users/{}/roles", manager.id);
    let (mine, small_path) = (format!("/admin/rbac/roles/{own}"), format!("/admin/rbac/roles/{small}"));
    let post = |path: &str, body| manager.post(path, body);
    vec![
        // assigned to a user
        (post(&own_roles, json!({ "roles": [big.as_str()] })), "audit:read"),
        (post(&own_roles, json!({ "roles": [small.as_str(), big.as_str()] })), "audit:read"),
        (post(&own_roles, json!({ "roles": ["role_super_admin"] })), "*:*"),
        (post(&format!("/admin/rbac/roles/{big}/users"), json!({ "users": [manager.id] })), "audit:read"),
        (post("/admin/rbac/roles/role_super_admin/users", json!({ "users": [manager.id] })), "*:*"),
        // assigned to a new user
        (post("/admin/invites", json!({ "email": "evil@example.com", "roles": ["role_super_admin"] })), "*:*"),
        (post("/admin/invites", json!({ "email": "evil@example.com" })), "*:*"),
        (
            post("/admin/users", json!({ "email": "evil@example.com", "password": PASSWORD, "roles": [big.as_str()] })),
            "audit:read",
        ),
        (post("/admin/users", json!({ "email": "evil@example.com", "invite": true })), "*:*"),
        // added to a role
        (post("/admin/rbac/roles", json!({ "name": "New", "policy_ids": [audit.as_str()] })), "audit:read"),
        (post("/admin/rbac/roles", json!({ "name": "New", "policy_ids": [everything] })), "*:*"),
        (post("/admin/rbac/roles", json!({ "name": "New", "parent_id": big.as_str() })), "audit:read"),
        (post("/admin/rbac/roles", json!({ "name": "New", "parent_ids": ["role_super_admin"] })), "*:*"),
        (post(&format!("{mine}/policies"), json!({ "policies": [audit.as_str()] })), "audit:read"),
        (post(&format!("{mine}/policies"), json!({ "policies": [everything] })), "*:*"),
        (post(&format!("{small_path}/policies"), json!({ "policies": [audit.as_str()] })), "audit:read"),
        (post(&mine, json!({ "parent_id": big.as_str() })), "audit:read"),
        (post(&mine, json!({ "parent_id": "role_super_admin" })), "*:*"),
        (post(&small_path, json!({ "parent_ids": [big.as_str()] })), "audit:read"),
        // granted by changing a policy that a role holds already
        (post(&format!("/admin/rbac/policies/{harmless}"), json!({ "key": "session:delete" })), "session:delete"),
        (post(&format!("/admin/rbac/policies/{harmless}"), json!({ "resource": "*", "operation": "*" })), "*:*"),
        (post(&format!("/admin/rbac/policies/{audit}"), json!({ "key": "user:fly" })), "audit:read"),
    ]
}

async fn granting_a_missing_permission_returns_403(app: TestApp) {
    let manager = manager(&app).await;
    let before = manager.permissions().await;
    for (ask, missing) in escalations(&app, &manager).await {
        let answer = ask.await;
        // Two policies with one key: that of all permissions exists already.
        if answer.status == 400 {
            assert_eq!(answer.json()["code"], "policy_key_taken", "{}", answer.asked);
            continue;
        }
        is_refused(&answer, missing);
    }
    assert_eq!(manager.permissions().await, before);
    let users = manager.get("/admin/users").await.ok();
    assert_eq!(users["count"], 1, "no user was created");
    assert_eq!(manager.get("/admin/invites").await.ok()["count"], 0);
}

async fn removing_a_missing_permission_returns_403(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let big = app.role("Big", &["user:read", "audit:read"]).await.id;
    let child = admin.post("/admin/rbac/roles", json!({ "name": "Child", "parent_id": big.as_str() })).await.ok();
    let child = child["role"]["id"].as_str().unwrap().to_owned();
    let audit = app.policy("audit:read").await;
    let ada = app.user_with("ada@example.com", &[&big]).await;
    let users = json!({ "users": [ada.id] });
    for (ask, missing) in [
        (manager.delete(&format!("/admin/users/{}/roles/{big}", ada.id)), "audit:read"),
        (manager.delete(&format!("/admin/users/{}/roles", ada.id)).json(&json!({ "roles": [big] })), "audit:read"),
        (manager.delete(&format!("/admin/rbac/roles/{big}/users")).json(&users), "audit:read"),
        (manager.delete(&format!("/admin/users/{}/roles/role_super_admin", admin.id)), "*:*"),
        (manager.delete("/admin/rbac/roles/role_super_admin/users").json(&json!({ "users": [admin.id] })), "*:*"),
        (manager.delete(&format!("/admin/rbac/roles/{big}")), "audit:read"),
        (manager.delete(&format!("/admin/rbac/roles/{big}/policies/{audit}")), "audit:read"),
        (manager.delete(&format!("/admin/rbac/policies/{audit}")), "audit:read"),
        (manager.post(&format!("/admin/rbac/roles/{child}"), json!({ "parent_id": null })), "audit:read"),
        (manager.post(&format!("/admin/rbac/roles/{big}"), json!({ "requires_mfa": true })), "audit:read"),
        (manager.post("/admin/rbac/roles/role_super_admin", json!({ "requires_mfa": true })), "*:*"),
    ] {
        is_refused(&ask.await, missing);
    }
    assert_eq!(ada.permissions().await, ["audit:read", "user:read"]);
}

/// A caller needs the permissions from before the change: a change to their own role does not allow itself.
async fn callers_cannot_extend_their_own_role(app: TestApp) {
    let editor = app.user_who_may("editor@example.com", &["rbac_role:update", "rbac_policy:update"]).await;
    let own = app.flows.rbac().role_ids_of(app.flows.database(), &editor.id).await.unwrap()[0].clone();
    let audit = app.policy("audit:read").await;
    let held = app.policy("rbac_policy:update").await;
    let path = format!("/admin/rbac/roles/{own}");
    let answer = editor.post(&format!("{path}/policies"), json!({ "policies": [audit.as_str()] })).await;
    is_refused(&answer, "audit:read");
    is_refused(&editor.post(&path, json!({ "parent_id": "role_super_admin" })).await, "*:*");
    let answer = editor.post(&format!("/admin/rbac/policies/{held}"), json!({ "key": "mine:*" })).await;
    is_refused(&answer, "mine:*");
    assert_eq!(editor.permissions().await, ["rbac_policy:update", "rbac_role:update"]);
}

async fn callers_can_grant_what_they_have(app: TestApp) {
    let manager = manager(&app).await;
    let small = app.role("Small", &["user:read", "invite:create"]).await.id;
    let ada = app.user_with("ada@example.com", &[]).await;
    let path = format!("/admin/users/{}/roles", ada.id);
    manager.post(&path, json!({ "roles": [small.as_str()] })).await.ok();
    let policies = json!({ "policies": [app.policy("invite:read").await] });
    manager.post(&format!("/admin/rbac/roles/{small}/policies"), policies).await.ok();
    assert_eq!(ada.permissions().await, ["invite:create", "invite:read", "user:read"]);
    let body = json!({ "name": "New", "parent_id": small.as_str(), "policy_ids": [app.policy("user:delete").await] });
    manager.post("/admin/rbac/roles", body).await.ok();
    let invite = json!({ "email": "bob@example.com", "roles": [small.as_str()] });
    manager.post("/admin/invites", invite).await.ok();
    manager.delete(&format!("{path}/{small}")).await.ok();
    // An empty role grants nothing, and requires nothing.
    let empty = app.role("Empty", &[]).await.id;
    manager.post(&path, json!({ "roles": [empty.as_str()] })).await.ok();
}

/// The inviter's right is checked again at acceptance; a role that has gained policies since is not granted either.
async fn an_invite_is_refused_once_the_inviter_may_not_grant_its_roles(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let small = app.role("Small", &["user:read"]).await.id;
    for email in ["one@example.com", "other@example.com"] {
        let body = json!({ "email": email, "roles": [small.as_str()] });
        let invite = manager.post("/admin/invites", body).await.ok()["invite"].clone();
        let (token, registered) = (invite["token"].as_str().unwrap(), app.registered(email).await);
        if email == "one@example.com" {
            let audit = json!({ "policies": [app.policy("audit:read").await] });
            admin.post(&format!("/admin/rbac/roles/{small}/policies"), audit).await.ok();
            assert_eq!(registered.accept(token).await.status, 403);
            let gone = format!("/admin/rbac/roles/{small}/policies/{}", app.policy("audit:read").await);
            admin.delete(&gone).await.ok();
            registered.accept(token).await.ok();
        } else {
            let own = app.flows.rbac().role_ids_of(app.flows.database(), &manager.id).await.unwrap()[0].clone();
            admin.delete(&format!("/admin/users/{}/roles/{own}", manager.id)).await.ok();
            assert_eq!(registered.accept(token).await.status, 403);
        }
    }
}

async fn concurrent_escalations_all_fail(app: TestApp) {
    let manager = manager(&app).await;
    let before = manager.permissions().await;
    let requests: Vec<Ask> = escalations(&app, &manager).await.into_iter().map(|(ask, _)| ask).collect();
    let answers = together(requests.len() * 3, |number| {
        let ask = requests[number % requests.len()].clone();
        async move { ask.await }
    })
    .await;
    for answer in answers {
        assert!(matches!(answer.status, 400 | 403), "{} {}", answer.asked, answer.text());
    }
    assert_eq!(manager.permissions().await, before);
    let id: RoleId = RoleId::super_admin();
    assert!(app.flows.rbac().subjects(app.flows.database(), &id).await.unwrap().is_empty());
}
