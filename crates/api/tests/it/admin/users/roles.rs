//! `/admin/users/{id}/roles`

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    roles_are_assigned_listed_and_removed,
    assigning_invalid_roles_is_refused,
    a_change_of_roles_is_audited
);

fn names(answer: &Json) -> Vec<&str> {
    answer["roles"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect()
}

/// security.md 21
async fn roles_are_assigned_listed_and_removed(app: TestApp) {
    let admin = app.admin().await;
    let (viewer, inviter) = (app.role("Observer", &["user:read"]).await, app.role("Inviter", &["invite:read"]).await);
    let ada = app.user_with("ada@example.com", &[]).await;
    let path = format!("/admin/users/{}/roles", ada.id);
    ada.get("/admin/users").await.is_error(403, "forbidden", "Insufficient permissions. Required policies: user:read");
    let given = admin.post(&path, json!({ "roles": [viewer.id.as_str()] })).await.ok();
    assert_eq!(given["roles"][0], json!(viewer));
    ada.get("/admin/users?limit=1").await.ok();
    app.clock.advance(std::time::Duration::from_secs(1));
    let given = admin.post(&path, json!({ "roles": [inviter.id.as_str(), viewer.id.as_str()] })).await.ok();
    assert_eq!(names(&given), ["Observer", "Inviter"]);
    let listed = admin.get(&format!("{path}?limit=1&offset=1")).await.ok();
    assert_eq!((names(&listed), &listed["count"], &listed["limit"]), (vec!["Inviter"], &json!(2), &json!(1)));
    let short = admin.get(&format!("{path}?fields=name")).await.ok();
    assert_eq!(short["roles"][0], json!({ "id": viewer.id, "name": "Observer" }));
    assert_eq!(admin.get("/admin/users/user_nosuch/roles").await.ok()["count"], 0);

    for _ in 0..2 {
        let gone = admin.delete(&format!("{path}/{}", viewer.id)).await;
        gone.is(200, &json!({ "id": viewer.id, "object": "user_role", "deleted": true }));
    }
    assert_eq!(ada.get("/admin/users").await.status, 403, "at the next request");
    let gone = admin.delete(&path).json(&json!({ "roles": [inviter.id.as_str(), "role_nosuch"] })).await;
    gone.is(200, &json!({ "ids": [inviter.id, "role_nosuch"], "object": "user_role", "deleted": true }));
    assert!(ada.permissions().await.is_empty());
    admin.delete(&format!("/admin/users/user_nosuch/roles/{}", viewer.id)).await.ok();
    assert_eq!(admin.delete(&format!("{path}/x,y")).await.status, 404);
}

async fn assigning_invalid_roles_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let viewer = app.role("Observer", &["user:read"]).await;
    let path = format!("/admin/users/{}/roles", admin.id);
    for (body, reasons) in [
        (json!({}), "Field 'roles' is required"),
        (json!({ "roles": [] }), "Value for field 'roles' too small, expected at least: '1'"),
        (json!({ "roles": "x" }), "Expected type: 'array' for field 'roles', got: 'x'"),
        (json!({ "roles": [1] }), "Field 'roles, 0' is required"),
        (json!({ "role_ids": ["x"] }), "Field 'roles' is required; Unrecognized fields: 'role_ids'"),
    ] {
        admin.post(&path, body.clone()).await.is_invalid(reasons);
        admin.delete(&path).json(&body).await.is_invalid(reasons);
    }
    for role in ["role_nosuch", "nonsense"] {
        let unknown = admin.post(&path, json!({ "roles": [viewer.id.as_str(), role] })).await;
        unknown.is_error(400, "invalid_data", &format!("The following role IDs do not exist: {role}"));
    }
    let unknown = admin.post("/admin/users/user_nosuch/roles", json!({ "roles": [viewer.id.as_str()] })).await;
    unknown.is_error(404, "not_found", "User with id \"user_nosuch\" not found");
    admin.get(&format!("{path}?q=x")).await.is_invalid("Unrecognized fields: 'q'");
}

async fn a_change_of_roles_is_audited(app: TestApp) {
    let admin = app.admin().await;
    let viewer = app.role("Observer", &["user:read"]).await;
    let ada = app.user_with("ada@example.com", &[]).await;
    let path = format!("/admin/users/{}/roles", ada.id);
    admin.post(&path, json!({ "roles": [viewer.id.as_str()] })).await.ok();
    // A change without effect leaves no entry.
    admin.post(&path, json!({ "roles": [viewer.id.as_str()] })).await.ok();
    admin.delete(&format!("{path}/{}", viewer.id)).await.ok();
    admin.delete(&format!("{path}/{}", viewer.id)).await.ok();
    let entries = admin.get(&format!("/admin/audit?target_id={}&order=id&limit=100", ada.id)).await.ok();
    let entries: Vec<&Json> = entries["audit_entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["action"].as_str().unwrap().starts_with("user.roles"))
        .collect();
    let changes: Vec<_> =
        entries.iter().map(|entry| (&entry["action"], &entry["actor_id"], &entry["before"], &entry["after"])).collect();
    let (none, one) = (json!({ "roles": [] }), json!({ "roles": [viewer.id] }));
    let context = json!(admin.id);
    assert_eq!(
        changes,
        [(&json!("user.roles_assigned"), &context, &none, &one), (&json!("user.roles_removed"), &context, &one, &none)]
    );
}
