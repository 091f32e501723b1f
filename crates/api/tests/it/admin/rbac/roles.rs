//! `/admin/rbac/roles`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::texts;
use crate::support::TestApp;

on_both_engines!(
    a_role_is_created_updated_and_deleted,
    bodies_are_checked,
    parents_are_set_and_listed_and_cycles_are_refused,
    list_is_filtered_and_paged_and_selects_fields,
    the_super_admin_role_keeps_its_name_policies_and_parents,
);

async fn a_role_is_created_updated_and_deleted(app: TestApp) {
    let (admin, read) = (app.admin().await, app.policy("user:read").await);
    let body = json!({ "name": "Observer", "description": "reads", "policy_ids": [read.as_str()] });
    let created = admin.post("/admin/rbac/roles", body.clone()).await.ok();
    let id = created["role"]["id"].as_str().unwrap().to_owned();
    let mut role = json!({
        "id": id, "name": "Observer", "description": "reads", "metadata": null, "requires_mfa": false,
        "created_at": app.clock_text(), "updated_at": app.clock_text(), "deleted_at": null,
    });
    assert_eq!(created["role"], role);
    let message = "Rbac role with name: Observer, already exists.";
    admin.post("/admin/rbac/roles", body).await.is_coded(400, "invalid_data", "role_name_taken", message);
    let path = format!("/admin/rbac/roles/{id}");
    assert_eq!(admin.get(&path).await.ok()["role"], role);
    let update = json!({ "name": "Reader", "description": null, "metadata": { "a": 1, "b": 2 }, "requires_mfa": true });
    let updated = admin.post(&path, update).await.ok();
    role["name"] = "Reader".into();
    role["description"] = json!(null);
    role["requires_mfa"] = true.into();
    role["metadata"] = json!({ "a": 1, "b": 2 });
    assert_eq!(updated["role"], role);
    let merged = admin.post(&path, json!({ "metadata": { "a": "", "c": 3 } })).await.ok();
    assert_eq!(merged["role"]["metadata"], json!({ "b": 2, "c": 3 }));
    admin.post(&path, json!({})).await.ok();
    for _ in 0..2 {
        admin.delete(&path).await.is(200, &json!({ "id": id, "object": "rbac_role", "deleted": true }));
    }
    admin.get(&path).await.is_error(404, "not_found", &format!("Role with id: {id} not found"));
    let message = format!("Role with id \"{id}\" not found");
    admin.post(&path, json!({ "name": "x" })).await.is_error(404, "not_found", &message);
    admin.delete("/admin/rbac/roles/x,y").await.ok();
}

/// security.md 26
async fn bodies_are_checked(app: TestApp) {
    let admin = app.admin().await;
    let role = app.role("Observer", &[]).await;
    let path = format!("/admin/rbac/roles/{}", role.id);
    for (path, body, reasons) in [
        ("/admin/rbac/roles", json!({}), "Field 'name' is required"),
        ("/admin/rbac/roles", json!({ "name": null }), "Expected type: 'string' for field 'name', got: 'null'"),
        ("/admin/rbac/roles", json!({ "name": "x", "id": "role_mine" }), "Unrecognized fields: 'id'"),
        ("/admin/rbac/roles", json!({ "name": "x", "grants": "*:*" }), "Unrecognized fields: 'grants'"),
        ("/admin/rbac/roles", json!({ "name": "x", "policies": [] }), "Unrecognized fields: 'policies'"),
        (
            "/admin/rbac/roles",
            json!({ "name": "x", "policy_ids": "x" }),
            "Expected type: 'array' for field 'policy_ids', got: 'x'",
        ),
        (
            "/admin/rbac/roles",
            json!({ "name": "x", "parent_id": "role_a", "parent_ids": [] }),
            "Give either parent_id or parent_ids, not both",
        ),
        (path.as_str(), json!({ "name": null }), "Expected type: 'string' for field 'name', got: 'null'"),
        (&path, json!({ "policy_ids": [] }), "Unrecognized fields: 'policy_ids'"),
        (&path, json!({ "deleted_at": null }), "Unrecognized fields: 'deleted_at'"),
    ] {
        admin.post(path, body).await.is_invalid(reasons);
    }
    let unknown = admin.post("/admin/rbac/roles", json!({ "name": "x", "policy_ids": ["rpol_nosuch"] })).await;
    unknown.is_error(404, "not_found", "The following policies do not exist: rpol_nosuch");
    let unknown = admin.post("/admin/rbac/roles", json!({ "name": "x", "policy_ids": ["user:read"] })).await;
    unknown.is_error(404, "not_found", "The following policies do not exist: user:read");
    for parent in ["role_nosuch", "nonsense"] {
        let unknown = admin.post(&path, json!({ "parent_id": parent })).await;
        unknown.is_error(400, "invalid_data", &format!("The following role IDs do not exist: {parent}"));
    }
    let nameless = admin.post("/admin/rbac/roles", json!({ "name": "" })).await;
    nameless.is_coded(400, "invalid_data", "name_missing", "name is empty");
}

async fn parents_are_set_and_listed_and_cycles_are_refused(app: TestApp) {
    let admin = app.admin().await;
    let base = app.role("Base", &["user:read"]).await.id;
    let body = json!({ "name": "Child", "parent_id": base.as_str(), "policy_ids": [app.policy("audit:read").await] });
    let child = admin.post("/admin/rbac/roles?fields=id,*policies,parents.name", body).await.ok();
    let child_id = child["role"]["id"].as_str().unwrap().to_owned();
    assert_eq!(child["role"]["parents"], json!([{ "id": base, "name": "Base" }]));
    assert_eq!(texts(&child["role"]["policies"], "key"), ["audit:read", "user:read"]);
    assert_eq!(child["role"]["policies"][0]["inherited_from_role_id"], json!(null));
    assert_eq!(child["role"]["policies"][1]["inherited_from_role_id"], json!(base));
    let ada = app.user_with("ada@example.com", &[&child_id.parse().unwrap()]).await;
    assert_eq!(ada.permissions().await, ["audit:read", "user:read"]);

    let path = format!("/admin/rbac/roles/{base}");
    for parent in [base.as_str(), child_id.as_str()] {
        let circle = admin.post(&path, json!({ "parent_id": parent })).await;
        let message = format!("Role {base} cannot have {parent} as a parent: it would inherit from itself");
        circle.is_coded(400, "invalid_data", "role_cycle", &message);
    }
    let path = format!("/admin/rbac/roles/{child_id}");
    admin.post(&path, json!({ "parent_id": null })).await.ok();
    assert_eq!(ada.permissions().await, ["audit:read"], "at the next request");
    admin.post(&path, json!({ "parent_ids": [base.as_str()] })).await.ok();
    assert_eq!(ada.permissions().await, ["audit:read", "user:read"]);
    admin.delete(&format!("/admin/rbac/roles/{base}")).await.ok();
    assert_eq!(ada.permissions().await, ["audit:read"]);
    assert_eq!(admin.get(&format!("{path}?fields=*parents")).await.ok()["role"]["parents"], json!([]));
}

async fn list_is_filtered_and_paged_and_selects_fields(app: TestApp) {
    let admin = app.admin().await;
    for name in ["Beta", "Alpha"] {
        app.role(name, &["user:read"]).await;
    }
    for (query, expected) in [
        ("id=role_super_admin", &["Super Admin"][..]),
        ("id[]=role_super_admin&id[]=x", &["Super Admin"]),
        ("order=name", &["Admin", "Alpha", "Beta", "Editor", "Super Admin", "Viewer"]),
        ("order=-name&limit=1&offset=1", &["Super Admin"]),
        ("q=super", &["Super Admin"]),
        ("name=Beta", &["Beta"]),
        ("name[]=Beta&name[]=Alpha&order=name", &["Alpha", "Beta"]),
        ("created_at[$lt]=2020-01-01", &[]),
        ("$or[0][name]=Beta&$or[1][name]=nosuch", &["Beta"]),
        ("requires_mfa=true", &[]),
    ] {
        let answer = admin.get(&format!("/admin/rbac/roles?{query}")).await.ok();
        assert_eq!(texts(&answer["roles"], "name"), expected, "{query}");
    }
    let answer = admin.get("/admin/rbac/roles?limit=2&fields=id").await.ok();
    assert_eq!((&answer["count"], &answer["offset"], &answer["limit"]), (&json!(6), &json!(0), &json!(2)));
    assert_eq!(answer["roles"][0].as_object().unwrap().len(), 1);
    let answer = admin.get("/admin/rbac/roles?fields=id,name,policies.key&name=Beta").await.ok();
    let policy = json!({ "id": app.policy("user:read").await, "key": "user:read" });
    assert_eq!(answer["roles"][0]["policies"], json!([policy]));
    assert!(answer["roles"][0].get("description").is_none());
    admin.get("/admin/rbac/roles?description=x").await.is_invalid("Unrecognized fields: 'description'");
    admin.get("/admin/rbac/roles?limit=abc").await.is_invalid("Expected type: 'number' for field 'limit', got: 'abc'");
}

/// security.md 27
async fn the_super_admin_role_keeps_its_name_policies_and_parents(app: TestApp) {
    let admin = app.admin().await;
    let other = app.role("Other", &["user:read"]).await.id;
    let path = "/admin/rbac/roles/role_super_admin";
    for answer in [
        admin.post(path, json!({ "name": "Nobody" })).await,
        admin.post(path, json!({ "parent_id": other.as_str() })).await,
        admin.delete(path).await,
        admin.delete(&format!("{path}/policies/rpol_super_admin")).await,
        admin.post(&format!("{path}/policies"), json!({ "policies": [app.policy("user:read").await] })).await,
    ] {
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("role_protected")), "{}", answer.asked);
    }
    for answer in [
        admin.delete("/admin/rbac/policies/rpol_super_admin").await,
        admin.post("/admin/rbac/policies/rpol_super_admin", json!({ "key": "user:read" })).await,
        admin.post("/admin/rbac/policies/rpol_super_admin", json!({ "resource": "nothing" })).await,
    ] {
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("policy_protected")), "{}", answer.asked);
    }
    let changed = admin.post(path, json!({ "description": "zz" })).await.ok();
    assert_eq!(changed["role"]["description"], "zz");
    assert!(admin.permissions().await.contains(&"user:delete".to_owned()));
}
