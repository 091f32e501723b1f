//! Users gain and lose roles in every order, while the roles change.

use serde_json::json;
use vestibule_rbac::{Permissions, RoleId};
use vestibule_testing::on_both_engines;

use super::at_once;
use crate::support::{TestApp, User};

on_both_engines!(
    4 threads: assigning_and_removing_roles_in_any_order_succeeds,
    assigning_and_removing_roles_while_roles_change_succeeds,
    administrators_who_remove_each_others_role_leave_one,
    users_are_deleted_and_locked_while_they_gain_and_lose_roles,
);

/// As many as waited for each other until they were given up.
const OPERATIONS: usize = 60;

struct Scene {
    admins: [User; 2],
    roles: Vec<RoleId>,
    users: Vec<String>,
}

impl Scene {
    async fn of(app: &TestApp) -> Self {
        let admins = [app.admin().await, app.user("second@example.com").await];
        let mut roles = vec![RoleId::super_admin()];
        for (name, keys) in [("Readers", ["user:read"]), ("Inviters", ["invite:create"])] {
            roles.push(app.role(name, &keys).await.id);
        }
        let mut users = Vec::new();
        for number in 0..6 {
            users.push(app.user_with(&format!("user{number}@example.com"), &[]).await.id);
        }
        Self { admins, roles, users }
    }

    /// Assigns and removes, by both routes, with users and roles in both orders.
    fn asks(&self) -> Vec<crate::support::Ask> {
        let ask = |number: usize| {
            let admin = &self.admins[number % 2];
            let (mut users, mut roles) = (self.users.clone(), self.roles.clone());
            if number.is_multiple_of(3) {
                users.reverse();
                roles.reverse();
            }
            let by_role = format!("/admin/rbac/roles/{}/users", self.roles[number / 4 % self.roles.len()]);
            let by_user = format!("/admin/users/{}/roles", self.users[number / 4 % self.users.len()]);
            match number % 4 {
                0 => admin.post(&by_role, json!({ "users": users })),
                1 => admin.delete(&by_role).json(&json!({ "users": users })),
                2 => admin.post(&by_user, json!({ "roles": roles })),
                _ => admin.delete(&by_user).json(&json!({ "roles": roles })),
            }
        };
        (0..OPERATIONS).map(ask).collect()
    }

    /// Asserts that each user's permissions are those of the user's roles.
    async fn assert_consistent(&self, app: &TestApp) {
        let (rbac, database) = (app.flows.rbac(), app.flows.database());
        for user in &self.users {
            let mut by_roles = Permissions::default();
            for role in rbac.roles_of(database, user).await.unwrap() {
                by_roles.extend(&role.grants);
            }
            let held = rbac.permissions_of(database, user).await.unwrap();
            assert_eq!(held.keys(), by_roles.keys(), "{user}");
        }
    }
}

async fn assigning_and_removing_roles_in_any_order_succeeds(app: TestApp) {
    let scene = Scene::of(&app).await;
    for answer in at_once(scene.asks()).await {
        answer.ok();
    }
    scene.assert_consistent(&app).await;
}

async fn assigning_and_removing_roles_while_roles_change_succeeds(app: TestApp) {
    let scene = Scene::of(&app).await;
    let mut asks = scene.asks();
    for (number, key) in ["audit:read", "session:read", "event:read", "delivery:read"].into_iter().enumerate() {
        let role = format!("/admin/rbac/roles/{}", scene.roles[1 + number % 2]);
        let admin = &scene.admins[number % 2];
        asks.push(admin.post(&format!("{role}/policies"), json!({ "policies": [app.policy(key).await] })));
        asks.push(admin.post(&role, json!({ "requires_mfa": number < 2, "description": key })));
    }
    for answer in at_once(asks).await {
        answer.ok();
    }
    scene.assert_consistent(&app).await;
}

/// 27 and 38: of two who act on each other, the second has no access any more.
async fn administrators_who_remove_each_others_role_leave_one(app: TestApp) {
    let admins = [app.admin().await, app.user("second@example.com").await];
    let ask = |number: usize| {
        let (context, other) = (&admins[number % 2], &admins[(number + 1) % 2]);
        match number / 2 % 2 {
            0 => context.delete(&format!("/admin/users/{}/roles/role_super_admin", other.id)),
            _ => context.delete("/admin/rbac/roles/role_super_admin/users").json(&json!({ "users": [other.id] })),
        }
    };
    for answer in at_once((0..OPERATIONS).map(ask).collect()).await {
        assert!(matches!(answer.status, 200 | 400 | 403), "{} {}", answer.asked, answer.text());
    }
    let role = RoleId::super_admin();
    assert_eq!(app.flows.rbac().subjects(app.flows.database(), &role).await.unwrap().len(), 1);
}

async fn users_are_deleted_and_locked_while_they_gain_and_lose_roles(app: TestApp) {
    let scene = Scene::of(&app).await;
    let mut asks = scene.asks();
    for (number, user) in scene.users.iter().enumerate() {
        let admin = &scene.admins[number % 2];
        asks.push(admin.post_nothing(&format!("/admin/users/{user}/lock")));
        asks.push(admin.post(&format!("/admin/users/{user}"), json!({ "first_name": "Renamed" })));
        asks.push(admin.delete(&format!("/admin/users/{user}")));
    }
    // A deleted user cannot be given a role; everything else succeeds.
    for answer in at_once(asks).await {
        assert!(matches!(answer.status, 200 | 404), "{} {}", answer.asked, answer.text());
    }
    for user in &scene.users {
        assert!(app.flows.rbac().role_ids_of(app.flows.database(), user).await.unwrap().is_empty());
    }
}
