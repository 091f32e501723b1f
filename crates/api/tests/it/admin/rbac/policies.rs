//! `/admin/rbac/policies`

use serde_json::json;
use vestibule_rbac::ready_made::{READY_MADE, ReadyMadeRole};
use vestibule_testing::on_both_engines;

use super::texts;
use crate::support::TestApp;

on_both_engines!(
    a_policy_is_created_updated_and_deleted,
    key_must_match_resource_and_operation,
    list_has_twenty_rows_and_filters,
    roles_and_users_of_a_policy_are_listed,
);

async fn a_policy_is_created_updated_and_deleted(app: TestApp) {
    let admin = app.admin().await;
    let body = json!({ "key": "widget:create", "resource": "widget", "operation": "create", "name": "N", "description": "D", "metadata": { "a": 1 } });
    let created = admin.post("/admin/rbac/policies", body.clone()).await.ok();
    let id = created["policy"]["id"].as_str().unwrap().to_owned();
    let policy = json!({
        "id": id, "key": "widget:create", "resource": "widget", "operation": "create", "name": "N", "description": "D",
        "metadata": { "a": 1 }, "created_at": app.clock_text(), "updated_at": app.clock_text(), "deleted_at": null,
    });
    assert_eq!(created["policy"], policy);
    let message = "Rbac policy with key: widget:create, already exists.";
    admin.post("/admin/rbac/policies", body).await.is_coded(400, "invalid_data", "policy_key_taken", message);
    let path = format!("/admin/rbac/policies/{id}");
    assert_eq!(admin.get(&path).await.ok()["policy"], policy);
    let short = admin.get(&format!("{path}?fields=id,key")).await.ok();
    assert_eq!(short["policy"], json!({ "id": id, "key": "widget:create" }));

    let role = app.role("Maker", &["widget:create"]).await;
    let ada = app.user_with("ada@example.com", &[&role.id]).await;
    let updated = admin.post(&path, json!({ "operation": "delete", "name": null })).await.ok();
    assert_eq!((&updated["policy"]["key"], &updated["policy"]["name"]), (&json!("widget:delete"), &json!(null)));
    assert_eq!(ada.permissions().await, ["widget:delete"], "at the next request");
    let taken = admin.post(&path, json!({ "key": "user:read" })).await;
    let message = "Rbac policy with key: user:read, already exists.";
    taken.is_coded(400, "invalid_data", "policy_key_taken", message);

    for _ in 0..2 {
        admin.delete(&path).await.is(200, &json!({ "id": id, "object": "rbac_policy", "deleted": true }));
    }
    assert!(ada.permissions().await.is_empty());
    admin.get(&path).await.is_error(404, "not_found", &format!("Policy with id: {id} not found"));
    let message = format!("Policy with id \"{id}\" not found");
    admin.post(&path, json!({ "name": "x" })).await.is_error(404, "not_found", &message);
    admin.delete("/admin/rbac/policies/rpol_nosuch").await.ok();
}

/// security.md 5, 26
async fn key_must_match_resource_and_operation(app: TestApp) {
    let admin = app.admin().await;
    for (body, reasons) in [
        (json!({}), "Field 'key' is required; Field 'resource' is required; Field 'operation' is required"),
        (json!({ "key": "a:b", "resource": "a", "operation": "b", "id": "rpol_x" }), "Unrecognized fields: 'id'"),
    ] {
        admin.post("/admin/rbac/policies", body).await.is_invalid(reasons);
    }
    for (key, resource, operation) in
        [("user:read", "user", "delete"), ("x", "x", "y"), ("a b:c", "a b", "c"), ("", "", ""), ("a:b:c", "a", "b:c")]
    {
        let body = json!({ "key": key, "resource": resource, "operation": operation });
        let answer = admin.post("/admin/rbac/policies", body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("policy_key_invalid")), "{key}");
    }
    let body = json!({ "key": "Widget:Read", "resource": "Widget", "operation": "Read" });
    let created = admin.post("/admin/rbac/policies", body).await.ok();
    assert_eq!(created["policy"]["key"], "widget:read");
}

async fn list_has_twenty_rows_and_filters(app: TestApp) {
    let admin = app.admin().await;
    let answer = admin.get("/admin/rbac/policies").await.ok();
    assert_eq!((answer["policies"].as_array().unwrap().len(), &answer["limit"]), (20, &json!(20)));
    for (query, expected) in [
        ("key=user:read", &["user:read"][..]),
        ("key[]=user:read&key[]=user:update&order=key", &["user:read", "user:update"]),
        ("resource=user&order=key", &["user:create", "user:delete", "user:read", "user:update"]),
        ("operation=delete&order=-key&limit=1", &["webhook:delete"]),
        ("q=Invite&order=key&limit=1", &["invite:create"]),
    ] {
        let answer = admin.get(&format!("/admin/rbac/policies?{query}")).await.ok();
        assert_eq!(texts(&answer["policies"], "key"), expected, "{query}");
    }
    admin.get("/admin/rbac/policies?name=ReadUser").await.is_invalid("Unrecognized fields: 'name'");
}

async fn roles_and_users_of_a_policy_are_listed(app: TestApp) {
    let admin = app.admin().await;
    let ready_made: Vec<_> = READY_MADE.iter().map(ReadyMadeRole::id).collect();
    app.flows.rbac().delete_rbac_roles(ready_made).await.unwrap();
    let role = app.role("Observer", &["user:read"]).await;
    let ada = app.user_with("ada@example.com", &[&role.id]).await;
    let path = format!("/admin/rbac/policies/{}/roles", app.policy("user:read").await);
    admin.get(&path).await.is(
        200,
        &json!({
            "roles": [{
                "id": role.id, "name": "Observer", "description": null, "created_at": app.clock_text(),
                "updated_at": app.clock_text(), "users": [{ "id": ada.id }],
            }],
            "count": 1, "offset": 0, "limit": 10,
        }),
    );
    assert_eq!(admin.get(&format!("{path}?limit=1&offset=1")).await.ok()["roles"], json!([]));
    admin.get(&format!("{path}?nosuch=1")).await.is_invalid("Unrecognized fields: 'nosuch'");
    assert_eq!(admin.get("/admin/rbac/policies/rpol_nosuch/roles").await.status, 404);
}
