//! `/admin/users/{id}/sessions`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(sessions_of_another_user_are_listed_and_ended, each_route_requires_its_policy,);

/// security.md 21
async fn sessions_of_another_user_are_listed_and_ended(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let elsewhere = app.user("ada@example.com").await;
    let cookie = app.cookie(&elsewhere.cookie().await);
    let path = format!("/admin/users/{}/sessions", ada.id);
    let listed = admin.get(&path).await.ok();
    assert_eq!((&listed["count"], &listed["limit"]), (&json!(2), &json!(50)));
    assert!(listed["sessions"].as_array().unwrap().iter().all(|session| session["current"] == json!(false)));
    let own = admin.get(&format!("/admin/users/{}/sessions", admin.id)).await.ok();
    assert_eq!(own["sessions"][0]["current"], json!(true));

    // The session's id is not enough: it must be a session of this user.
    let id = own["sessions"][0]["id"].as_str().unwrap();
    let missing = admin.delete(&format!("{path}/{id}")).await;
    missing.is_error(404, "not_found", &format!("Session with id: {id} was not found"));
    let id = listed["sessions"][0]["id"].as_str().unwrap();
    let ended = admin.delete(&format!("{path}/{id}")).await;
    ended.is(200, &json!({ "id": id, "object": "session", "deleted": true }));
    assert_eq!(admin.get(&path).await.ok()["count"], 1);
    admin.delete(&path).await.is(200, &json!({ "object": "session", "deleted": true, "count": 1 }));
    for client in [&*ada, &*elsewhere, &cookie] {
        client.get("/admin/users/me").await.is_unauthorized();
    }
    admin.get("/admin/users/me").await.ok();
    for path in ["/admin/users/user_nosuch/sessions", "/admin/users/me/sessions"] {
        let id = path.split('/').nth(3).unwrap();
        let message = format!("User with id: {id} was not found");
        admin.get(path).await.is_error(404, "not_found", &message);
        admin.delete(path).await.is_error(404, "not_found", &message);
        admin.delete(&format!("{path}/x")).await.is_error(404, "not_found", &message);
    }
}

/// security.md 25
async fn each_route_requires_its_policy(app: TestApp) {
    let ada = app.user_with("ada@example.com", &[]).await;
    let reader = app.limited("reader@example.com", &["session:read"]).await;
    let ender = app.limited("ender@example.com", &["session:delete"]).await;
    let path = format!("/admin/users/{}/sessions", ada.id);
    let lacking = |policy: &str| format!("Insufficient permissions. Required policies: {policy}");
    reader.get(&path).await.ok();
    reader.delete(&path).await.is_error(403, "forbidden", &lacking("session:delete"));
    reader.delete(&format!("{path}/x")).await.is_error(403, "forbidden", &lacking("session:delete"));
    ender.get(&path).await.is_error(403, "forbidden", &lacking("session:read"));
    ender.delete(&format!("{path}/x")).await.is_error(404, "not_found", "Session with id: x was not found");
    ender.delete(&path).await.ok();
    ada.get("/admin/users/me").await.is_unauthorized();
}
