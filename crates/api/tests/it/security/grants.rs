//! 5: nobody gives, or takes, what he lacks himself, on any path to the same effect; what he lacks is named.

use serde_json::json;
use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Ask, PASSWORD, TestApp, User, together};

on_both_engines!(
    what_somebody_lacks_he_gives_to_nobody,
    what_somebody_lacks_he_takes_from_nobody,
    a_role_that_somebody_has_does_not_grow_by_himself,
    what_somebody_has_he_gives,
    whoever_loses_the_right_has_lost_it_for_what_he_began,
);
on_both_engines!(4 threads: of_many_ways_up_at_once_none_leads_up);

/// A manager: he may do everything with users, invites, roles and policies, and nothing else.
async fn manager(app: &TestApp) -> User {
    let may = ["user:*", "invite:*", "rbac_role:*", "rbac_policy:*", "api_key:*"];
    app.user_who_may("manager@example.com", &may).await
}

/// 403, and the name of what is lacking.
#[track_caller]
fn is_refused(answer: &Answer, lacking: &str) {
    let body = answer.json();
    let message = body["message"].as_str().unwrap_or_default();
    assert_eq!((answer.status, &body["code"]), (403, &json!("policies_missing")), "{} {body}", answer.asked);
    assert!(message.ends_with(&format!("you lack {lacking}")), "{} {message}", answer.asked);
}

/// Every request by which the manager could give himself, or somebody of his, what he lacks.
async fn ways_up(app: &TestApp, manager: &User) -> Vec<(Ask, &'static str)> {
    let big = app.role("Big", &["user:read", "audit:read"]).await.id;
    let small = app.role("Small", &["user:read"]).await.id;
    let own = app.flows.rbac().role_ids_of(app.flows.database(), &manager.id).await.unwrap()[0].clone();
    let (audit, everything) = (app.policy("audit:read").await, "rpol_super_admin");
    let harmless = app.policy("user:read").await;
    let own_roles = format!("/admin/users/{}/roles", manager.id);
    let (mine, small_path) = (format!("/admin/rbac/roles/{own}"), format!("/admin/rbac/roles/{small}"));
    let post = |path: &str, body| manager.post(path, body);
    vec![
        // given to a user
        (post(&own_roles, json!({ "roles": [big.as_str()] })), "audit:read"),
        (post(&own_roles, json!({ "roles": [small.as_str(), big.as_str()] })), "audit:read"),
        (post(&own_roles, json!({ "roles": ["role_super_admin"] })), "*:*"),
        (post(&format!("/admin/rbac/roles/{big}/users"), json!({ "users": [manager.id] })), "audit:read"),
        (post("/admin/rbac/roles/role_super_admin/users", json!({ "users": [manager.id] })), "*:*"),
        // given to somebody who is to come in
        (post("/admin/invites", json!({ "email": "evil@example.com", "roles": ["role_super_admin"] })), "*:*"),
        (post("/admin/invites", json!({ "email": "evil@example.com" })), "*:*"),
        (
            post("/admin/users", json!({ "email": "evil@example.com", "password": PASSWORD, "roles": [big.as_str()] })),
            "audit:read",
        ),
        (post("/admin/users", json!({ "email": "evil@example.com", "invite": true })), "*:*"),
        // given to a role
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
        // made of a policy that somebody has
        (post(&format!("/admin/rbac/policies/{harmless}"), json!({ "key": "session:delete" })), "session:delete"),
        (post(&format!("/admin/rbac/policies/{harmless}"), json!({ "resource": "*", "operation": "*" })), "*:*"),
        (post(&format!("/admin/rbac/policies/{audit}"), json!({ "key": "user:fly" })), "audit:read"),
    ]
}

async fn what_somebody_lacks_he_gives_to_nobody(app: TestApp) {
    let manager = manager(&app).await;
    let before = manager.permissions().await;
    for (ask, lacking) in ways_up(&app, &manager).await {
        let answer = ask.await;
        // Two policies of one key: that of everything is there already.
        if answer.status == 400 {
            assert_eq!(answer.json()["code"], "policy_key_taken", "{}", answer.asked);
            continue;
        }
        is_refused(&answer, lacking);
    }
    assert_eq!(manager.permissions().await, before);
    let users = manager.get("/admin/users").await.ok();
    assert_eq!(users["count"], 1, "nobody has come in");
    assert_eq!(manager.get("/admin/invites").await.ok()["count"], 0);
}

async fn what_somebody_lacks_he_takes_from_nobody(app: TestApp) {
    let (admin, manager) = (app.admin().await, manager(&app).await);
    let big = app.role("Big", &["user:read", "audit:read"]).await.id;
    let child = admin.post("/admin/rbac/roles", json!({ "name": "Child", "parent_id": big.as_str() })).await.ok();
    let child = child["role"]["id"].as_str().unwrap().to_owned();
    let audit = app.policy("audit:read").await;
    let ada = app.user_with("ada@example.com", &[&big]).await;
    let users = json!({ "users": [ada.id] });
    for (ask, lacking) in [
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
        is_refused(&ask.await, lacking);
    }
    assert_eq!(ada.permissions().await, ["audit:read", "user:read"]);
}

/// What somebody lacks is asked of what he had before: a change to his own role does not allow itself.
async fn a_role_that_somebody_has_does_not_grow_by_himself(app: TestApp) {
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

async fn what_somebody_has_he_gives(app: TestApp) {
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
    // An empty role gives nothing, and asks for nothing.
    let empty = app.role("Empty", &[]).await.id;
    manager.post(&path, json!({ "roles": [empty.as_str()] })).await.ok();
}

/// The inviter's right is checked again at acceptance; a role that has grown meanwhile is not given either.
async fn whoever_loses_the_right_has_lost_it_for_what_he_began(app: TestApp) {
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

async fn of_many_ways_up_at_once_none_leads_up(app: TestApp) {
    let manager = manager(&app).await;
    let before = manager.permissions().await;
    let ways: Vec<Ask> = ways_up(&app, &manager).await.into_iter().map(|(ask, _)| ask).collect();
    let answers = together(ways.len() * 3, |number| {
        let ask = ways[number % ways.len()].clone();
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
