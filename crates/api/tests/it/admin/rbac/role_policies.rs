//! `/admin/rbac/roles/{id}/policies`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(policies_are_added_listed_and_removed, adding_invalid_policies_is_refused);

async fn policies_are_added_listed_and_removed(app: TestApp) {
    let admin = app.admin().await;
    let role = app.role("Observer", &["user:read"]).await;
    let ada = app.user_with("ada@example.com", &[&role.id]).await;
    let (read, invite) = (app.policy("user:read").await, app.policy("invite:read").await);
    let path = format!("/admin/rbac/roles/{}/policies", role.id);
    let added = admin.post(&path, json!({ "policies": [invite.as_str()] })).await.ok();
    let held = added["policies"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        added,
        json!({ "policies": [{
            "id": held, "role_id": role.id, "policy_id": invite, "policy": { "id": invite }, "metadata": null,
            "created_at": app.clock_text(), "updated_at": app.clock_text(), "deleted_at": null,
        }] })
    );
    assert_eq!(ada.permissions().await, ["invite:read", "user:read"], "at the next request");
    let listed = admin.get(&path).await.ok();
    assert_eq!((&listed["count"], &listed["offset"]), (&json!(2), &json!(0)));
    assert_eq!(listed["policies"][0]["policy"], json!({ "id": read }));
    let whole = admin.get(&format!("{path}?fields=*policy")).await.ok();
    assert_eq!(whole["policies"][0]["policy"]["key"], "user:read");
    let short = admin.get(&format!("{path}?fields=id,policy.key")).await.ok();
    assert_eq!(short["policies"][1], json!({ "id": held, "policy": { "id": invite, "key": "invite:read" } }));
    admin.get(&format!("{path}?limit=1")).await.is_invalid("Unrecognized fields: 'limit'");

    let gone = admin.delete(&format!("{path}/{invite}")).await;
    gone.is(200, &json!({ "id": held, "object": "rbac_role_policy", "deleted": true }));
    let again = json!({ "object": "rbac_role_policy", "deleted": true });
    admin.delete(&format!("{path}/{invite}")).await.is(200, &again);
    admin.delete(&format!("{path}/rpol_nosuch")).await.is(200, &again);
    assert_eq!(ada.permissions().await, ["user:read"]);
    assert_eq!(admin.delete(&path).await.status, 405);
}

async fn adding_invalid_policies_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let role = app.role("Observer", &["user:read"]).await;
    let read = app.policy("user:read").await;
    let path = format!("/admin/rbac/roles/{}/policies", role.id);
    for (body, reasons) in [
        (json!({}), "Field 'policies' is required"),
        (json!({ "policies": [] }), "Value for field 'policies' too small, expected at least: '1'"),
        (json!({ "policies": "x" }), "Expected type: 'array' for field 'policies', got: 'x'"),
        (json!({ "policies": [5] }), "Field 'policies, 0' is required"),
        (json!({ "policies": [read.as_str()], "n": 1 }), "Unrecognized fields: 'n'"),
        (json!({ "policy_ids": [] }), "Field 'policies' is required; Unrecognized fields: 'policy_ids'"),
    ] {
        admin.post(&path, body).await.is_invalid(reasons);
    }
    let held = admin.post(&path, json!({ "policies": [read.as_str()] })).await;
    let message = format!("Rbac role policy with role_id: {}, policy_id: {read}, already exists.", role.id);
    held.is_coded(400, "invalid_data", "role_policy_held", &message);
    let unknown = admin.post(&path, json!({ "policies": ["rpol_nosuch", read.as_str()] })).await;
    unknown.is_error(404, "not_found", "The following policies do not exist: rpol_nosuch");
    let unknown = admin.post("/admin/rbac/roles/role_nosuch/policies", json!({ "policies": [read.as_str()] })).await;
    unknown.is_error(404, "not_found", "Role with id: role_nosuch not found");
}
