//! `/admin/rbac/roles/{id}/users`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::texts;
use crate::support::TestApp;

on_both_engines!(users_are_added_listed_and_removed, adding_invalid_users_is_refused);

async fn users_are_added_listed_and_removed(app: TestApp) {
    let admin = app.admin().await;
    let role = app.role("Observer", &["user:read"]).await;
    let (ada, bob) = (app.user_with("ada@example.com", &[]).await, app.user_with("bob@example.com", &[]).await);
    let path = format!("/admin/rbac/roles/{}/users", role.id);
    for _ in 0..2 {
        let added = admin.post(&path, json!({ "users": [ada.id, bob.id] })).await.ok();
        assert_eq!(texts(&added["users"], "email"), ["ada@example.com", "bob@example.com"]);
    }
    assert_eq!(ada.permissions().await, ["user:read"], "at the next request");
    let listed = admin.get(&format!("{path}?limit=1&offset=1&fields=email")).await.ok();
    assert_eq!(
        listed,
        json!({ "users": [{ "id": bob.id, "email": "bob@example.com" }], "count": 2, "offset": 1, "limit": 1 })
    );
    let only = admin.get(&format!("{path}?user_id={}", ada.id)).await.ok();
    assert_eq!((texts(&only["users"], "id"), &only["count"]), (vec![ada.id.clone()], &json!(1)));
    let both = format!("{path}?user_id[]={}&user_id[]={}&user_id[]=user_x", ada.id, bob.id);
    assert_eq!(admin.get(&both).await.ok()["count"], 2);
    assert_eq!(admin.get(&format!("{path}?user_id=user_x")).await.ok()["count"], 0);
    admin.get(&format!("{path}?q=a")).await.is_invalid("Unrecognized fields: 'q'");

    let removed = json!({ "ids": [ada.id, "user_nosuch"], "object": "role_user", "deleted": true });
    for _ in 0..2 {
        let answer = admin.delete(&path).json(&json!({ "users": [ada.id, "user_nosuch"] })).await;
        answer.is(200, &removed);
    }
    assert!(ada.permissions().await.is_empty());
    // A deleted user has no roles.
    admin.delete(&format!("/admin/users/{}", bob.id)).await.ok();
    assert_eq!(admin.get(&path).await.ok()["count"], 0);
}

async fn adding_invalid_users_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let role = app.role("Observer", &["user:read"]).await;
    let path = format!("/admin/rbac/roles/{}/users", role.id);
    for (body, reasons) in [
        (json!({}), "Field 'users' is required"),
        (json!({ "users": [] }), "Value for field 'users' too small, expected at least: '1'"),
        (json!({ "users": [admin.id], "n": 1 }), "Unrecognized fields: 'n'"),
    ] {
        admin.post(&path, body.clone()).await.is_invalid(reasons);
        admin.delete(&path).json(&body).await.is_invalid(reasons);
    }
    admin.delete(&path).await.is_invalid("Field 'users' is required");
    let unknown = admin.post(&path, json!({ "users": [admin.id, "user_nosuch"] })).await;
    unknown.is_error(404, "not_found", "User with id \"user_nosuch\" not found");
    assert_eq!(admin.get(&path).await.ok()["count"], 0, "all or none");
    let unknown = admin.post("/admin/rbac/roles/role_nosuch/users", json!({ "users": [admin.id] })).await;
    unknown.is_error(404, "not_found", "Role with id \"role_nosuch\" not found");
}
