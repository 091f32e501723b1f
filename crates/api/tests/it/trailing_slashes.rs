//! A trailing slash changes nothing, for any method and any route.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;
use crate::support::documented::operations;

on_both_engines!(every_route_responds_the_same_with_a_trailing_slash);

async fn every_route_responds_the_same_with_a_trailing_slash(app: TestApp) {
    let admin = app.admin().await;
    for operation in operations() {
        let path = operation.at(|name| match name {
            "actor_type" => "user".into(),
            "provider" => "emailpass".into(),
            _ => admin.id.clone(),
        });
        let slash = format!("{path}/");
        let (method, anonymous) = (&operation.method, app.anonymous());
        let (plain, with) = (anonymous.ask(method, &path).await, anonymous.ask(method, &slash).await);
        assert_eq!((with.status, with.text()), (plain.status, plain.text()), "{method} {slash}");
        let allow = anonymous.ask("OPTIONS", &slash).await;
        assert_eq!(allow.header("allow"), anonymous.ask("OPTIONS", &path).await.header("allow"), "{slash}");
        if method == "GET" {
            let (plain, with) = (admin.get(&path).await, admin.get(&slash).await);
            assert_eq!((with.status, with.text()), (plain.status, plain.text()), "{slash}");
        }
    }
    let created = admin.post("/admin/invites/", json!({ "email": "bob@example.com" })).await.ok();
    let id = created["invite"]["id"].as_str().unwrap();
    assert_eq!(admin.delete(&format!("/admin/invites/{id}/")).await.ok()["deleted"], true);
    assert_eq!(admin.get("/admin/users/?limit=1").await.ok()["count"], 1);
    assert_eq!(admin.get("/admin/users//").await.status, 404);
}
