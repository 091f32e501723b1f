//! An unknown role in a path returns 404 for every method. Only deleting the role itself returns 200: it is gone.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(an_unknown_role_in_a_path_returns_404);

async fn an_unknown_role_in_a_path_returns_404(app: TestApp) {
    let admin = app.admin().await;
    let gone = app.role("Gone", &["user:read"]).await.id.to_string();
    admin.delete(&format!("/admin/rbac/roles/{gone}")).await.ok();
    let policy = app.policy("user:read").await;
    for id in ["role_nosuch", "nonsense", gone.as_str()] {
        let role = format!("/admin/rbac/roles/{id}");
        let users = json!({ "users": [admin.id] });
        for (method, path, body) in [
            ("GET", role.clone(), None),
            ("POST", role.clone(), Some(json!({ "name": "x" }))),
            ("GET", format!("{role}/policies"), None),
            ("POST", format!("{role}/policies"), Some(json!({ "policies": [policy] }))),
            ("DELETE", format!("{role}/policies/{policy}"), None),
            ("GET", format!("{role}/users"), None),
            ("POST", format!("{role}/users"), Some(users.clone())),
            ("DELETE", format!("{role}/users"), Some(users)),
            ("DELETE", format!("/admin/users/{}/roles/{id}", admin.id), None),
        ] {
            let ask = admin.ask(method, &path);
            let answer = match body {
                Some(body) => ask.json(&body).await,
                None => ask.await,
            };
            assert_eq!((answer.status, &answer.json()["type"]), (404, &Json::from("not_found")), "{method} {path}");
            assert!(answer.json()["message"].as_str().unwrap().contains(id), "{method} {path}");
        }
        admin.delete(&role).await.ok();
    }
}
