//! `GET /admin/rbac/explain`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    explanation_names_the_role_and_its_ancestor,
    explanation_of_a_missing_permission_lists_the_roles_of_the_user
);

async fn explanation_names_the_role_and_its_ancestor(app: TestApp) {
    let admin = app.admin().await;
    let base = app.role("Base", &["user:*"]).await;
    let child = admin.post("/admin/rbac/roles", json!({ "name": "Child", "parent_id": base.id })).await.ok();
    let child = child["role"]["id"].as_str().unwrap().to_owned();
    let ada = app.user_with("ada@example.com", &[&child.parse().unwrap()]).await;
    let path = format!("/admin/rbac/explain?user_id={}&policy=user:read", ada.id);
    admin.get(&path).await.is(
        200,
        &json!({ "explanation": {
            "user_id": ada.id, "policy": "user:read", "allowed": true, "locked": false,
            "roles": [{ "id": child, "name": "Child" }],
            "reasons": [{
                "role": { "id": child, "name": "Child" }, "inherited_from": { "id": base.id, "name": "Base" },
                "policy_id": app.policy("user:*").await, "policy": "user:*",
            }],
        } }),
    );
    app.flows.users().lock_users(ada.id.parse::<vestibule_user::UserId>().unwrap()).await.unwrap();
    let explanation = admin.get(&path).await.ok()["explanation"].clone();
    assert_eq!((&explanation["allowed"], &explanation["locked"]), (&json!(false), &json!(true)));
    ada.get("/admin/rbac/me/permissions").await.is_unauthorized();
}

async fn explanation_of_a_missing_permission_lists_the_roles_of_the_user(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user_who_may("ada@example.com", &["user:read"]).await;
    let path = |policy: &str| format!("/admin/rbac/explain?user_id={}&policy={policy}", ada.id);
    for policy in ["audit:read", "user:*", "nonsense", ""] {
        let explanation = admin.get(&path(policy)).await.ok()["explanation"].clone();
        assert_eq!((&explanation["allowed"], &explanation["reasons"]), (&json!(false), &json!([])), "{policy}");
        assert_eq!(explanation["roles"][0]["name"], "Role of ada@example.com");
    }
    let unknown = admin.get("/admin/rbac/explain?user_id=user_nosuch&policy=user:read").await;
    unknown.is_error(404, "not_found", "User with id: user_nosuch was not found");
    admin.get("/admin/rbac/explain").await.is_invalid("Field 'user_id' is required; Field 'policy' is required");
    ada.get(&path("user:read")).await.is_error(
        403,
        "forbidden",
        "Insufficient permissions. Required policies: rbac_role:read",
    );
}
