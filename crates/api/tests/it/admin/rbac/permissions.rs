//! `GET /admin/rbac/me/permissions`

use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(permissions_lists_each_policy_of_the_caller);

async fn permissions_lists_each_policy_of_the_caller(app: TestApp) {
    assert!(app.user_with("none@example.com", &[]).await.permissions().await.is_empty());
    let some = app.user_who_may("some@example.com", &["user:*", "gone:fly"]).await;
    assert_eq!(some.permissions().await, ["gone:fly", "user:create", "user:delete", "user:read", "user:update"]);
    some.get("/admin/users?limit=1").await.ok();
    some.get("/admin/invites").await.is_error(
        403,
        "forbidden",
        "Insufficient permissions. Required policies: invite:read",
    );
    let all = app.user_with("all@example.com", &[&RoleId::super_admin()]).await.permissions().await;
    assert!(all.is_sorted() && all.len() > vestibule_rbac::builtin::keys().len(), "{all:?}");
    assert!(all.iter().all(|key| !key.contains('*')), "{all:?}");
    app.anonymous().get("/admin/rbac/me/permissions").await.is_unauthorized();
}
