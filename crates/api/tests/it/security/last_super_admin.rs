//! 27: the last super admin cannot be deleted or demoted, also not by concurrent requests.

use serde_json::json;
use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::{Ask, TestApp, together};

on_both_engines!(the_last_super_admin_keeps_the_role_on_every_path, users_who_cannot_sign_in_do_not_count);
on_both_engines!(
    4 threads: two_who_demote_each_other_leave_one_super_admin,
    concurrent_removals_by_different_routes_leave_one_super_admin,
);

async fn the_last_super_admin_keeps_the_role_on_every_path(app: TestApp) {
    let admin = app.admin().await;
    let message = "This is the last super admin: no one else may do everything. Make another user a super admin first.";
    let own = format!("/admin/users/{}/roles", admin.id);
    let asks = || {
        [
            admin.delete(&format!("{own}/role_super_admin")),
            admin.delete(&own).json(&json!({ "roles": ["role_super_admin"] })),
            admin.delete("/admin/rbac/roles/role_super_admin/users").json(&json!({ "users": [admin.id] })),
        ]
    };
    for ask in asks() {
        ask.await.is_coded(400, "not_allowed", "last_super_admin", message);
    }
    // Another user with permission to delete users cannot delete the super admin.
    let deleter = app.user_who_may("deleter@example.com", &["user:delete"]).await;
    let path = format!("/admin/users/{}", admin.id);
    let refused = deleter.delete(&path).await;
    assert!(matches!(refused.status, 400 | 403), "{}", refused.text());
    admin.get("/admin/users/me").await.ok();
    // Once there is another super admin, the first may lose the role.
    let other = app.user_with("other@example.com", &[&RoleId::super_admin()]).await;
    let [first, ..] = asks();
    first.await.ok();
    assert!(admin.permissions().await.is_empty());
    assert_eq!(other.delete(&format!("/admin/users/{}/roles/role_super_admin", other.id)).await.status, 400);
}

async fn users_who_cannot_sign_in_do_not_count(app: TestApp) {
    let admin = app.admin().await;
    let created = admin.post("/admin/users", json!({ "email": "noway@example.com" })).await.ok();
    let locked = app.user_with("locked@example.com", &[&RoleId::super_admin()]).await;
    app.flows.users().lock_users(locked.id.parse::<vestibule_user::UserId>().unwrap()).await.unwrap();
    let own = format!("/admin/users/{}/roles/role_super_admin", admin.id);
    assert_eq!(admin.delete(&own).await.status, 400);
    // They may lose it: they were not the last super admin.
    for id in [created["user"]["id"].as_str().unwrap(), locked.id.as_str()] {
        admin.delete(&format!("/admin/users/{id}/roles/role_super_admin")).await.ok();
    }
}

async fn two_who_demote_each_other_leave_one_super_admin(app: TestApp) {
    for round in 0..4 {
        let email = |name: &str| format!("{name}{round}@example.com");
        let one = app.user_with(&email("one"), &[&RoleId::super_admin()]).await;
        let other = app.user_with(&email("other"), &[&RoleId::super_admin()]).await;
        let rivals = [one.clone(), other.clone()];
        // The winner of the previous round would be a third.
        for id in app.flows.rbac().subjects(app.flows.database(), &RoleId::super_admin()).await.unwrap() {
            if ![&one.id, &other.id].contains(&&id) {
                one.delete(&format!("/admin/users/{id}/roles/role_super_admin")).await.ok();
            }
        }
        let answers = together(64, |number| {
            let (context, target) = (&rivals[number % 2], &rivals[1 - number % 2]);
            let ask = context.delete(&format!("/admin/users/{}/roles/role_super_admin", target.id));
            async move { ask.await }
        })
        .await;
        let mut left = [one.permissions().await.len(), other.permissions().await.len()];
        left.sort_unstable();
        assert!(left[0] == 0 && left[1] > 0, "{left:?}");
        for answer in &answers {
            // The winner's later requests remove what is gone already; the loser has no permission any more.
            assert!(matches!(answer.status, 200 | 403), "{} {}", answer.asked, answer.text());
        }
    }
}

async fn concurrent_removals_by_different_routes_leave_one_super_admin(app: TestApp) {
    let mut admins = Vec::new();
    for number in 0..6 {
        admins.push(app.user_with(&format!("u{number}@example.com"), &[&RoleId::super_admin()]).await);
    }
    let asks: Vec<Ask> = admins
        .iter()
        .enumerate()
        .flat_map(|(number, user)| {
            let next = &admins[(number + 1) % admins.len()];
            [
                user.delete(&format!("/admin/users/{}/roles/role_super_admin", user.id)),
                user.delete("/admin/rbac/roles/role_super_admin/users").json(&json!({ "users": [next.id] })),
                user.delete(&format!("/admin/users/{}", next.id)),
            ]
        })
        .collect();
    together(asks.len(), |number| {
        let ask = asks[number].clone();
        async move { ask.await }
    })
    .await;
    let mut left = 0;
    for user in &admins {
        let answer = user.get("/admin/rbac/me/permissions").await;
        left += usize::from(answer.status == 200 && answer.json()["permissions"] != json!([]));
    }
    assert!(left >= 1, "no super admin is left");
}
