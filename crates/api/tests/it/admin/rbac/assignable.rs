//! `GET /admin/rbac/roles/assignable`, `GET /admin/rbac/policies/assignable`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::texts;
use crate::support::TestApp;

on_both_engines!(lists_contain_what_the_caller_may_grant);

/// security.md 5
async fn lists_contain_what_the_caller_may_grant(app: TestApp) {
    let small = app.role("Small", &["user:read"]).await;
    app.role("Big", &["user:read", "audit:read"]).await;
    let may = ["user:read", "user:update", "rbac_role:read", "rbac_policy:read"];
    let manager = app.user_who_may("manager@example.com", &may).await;
    let roles = manager.get("/admin/rbac/roles/assignable?order=name").await.ok();
    assert_eq!(texts(&roles["roles"], "name"), ["Role of manager@example.com", "Small"]);
    assert_eq!(roles["count"], 2);
    let page = manager.get("/admin/rbac/roles/assignable?order=name&limit=1&offset=1").await.ok();
    assert_eq!(page["roles"], json!([{ "id": small.id, "name": "Small", "description": null }]));
    assert_eq!(manager.get("/admin/rbac/roles/assignable?q=big").await.ok()["count"], 0);
    manager.get("/admin/rbac/roles/assignable?nosuch=1").await.is_invalid("Unrecognized fields: 'nosuch'");

    let policies = manager.get("/admin/rbac/policies/assignable?order=key").await.ok();
    let mut expected = may;
    expected.sort_unstable();
    assert_eq!(texts(&policies["policies"], "key"), expected);
    assert_eq!(policies["policies"][2]["description"], "Read User");
    let admin = app.admin().await;
    assert_eq!(admin.get("/admin/rbac/roles/assignable").await.ok()["count"], 7);
    let all = admin.get("/admin/rbac/policies/assignable?limit=100").await.ok();
    assert!(texts(&all["policies"], "key").contains(&"*:*".to_owned()));
    let ada = app.user_who_may("ada@example.com", &["user:read"]).await;
    for (path, policy) in [("roles", "rbac_role:read"), ("policies", "rbac_policy:read")] {
        let message = format!("Insufficient permissions. Required policies: {policy}");
        ada.get(&format!("/admin/rbac/{path}/assignable")).await.is_error(403, "forbidden", &message);
    }
}
