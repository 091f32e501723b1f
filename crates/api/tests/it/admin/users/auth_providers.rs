//! `GET /admin/users/{id}/auth-providers`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(sign_in_methods_of_a_user_are_listed);

/// notes C4
async fn sign_in_methods_of_a_user_are_listed(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    for (id, providers) in [
        (admin.id.as_str(), json!(["emailpass"])),
        (ada.id.as_str(), json!(["emailpass"])),
        ("user_nosuch", json!([])),
        ("me", json!([])),
        ("%00", json!([])),
    ] {
        let answer = admin.get(&format!("/admin/users/{id}/auth-providers?fields=id&nosuch=1")).await;
        answer.is(200, &json!({ "providers": providers }));
    }
    // A registration without an owner is no one's sign-in method.
    app.registered("bob@example.com").await;
    let bob = admin.post("/admin/users", json!({ "email": "bob@example.com" })).await.ok();
    let path = format!("/admin/users/{}/auth-providers", bob["user"]["id"].as_str().unwrap());
    admin.get(&path).await.is(200, &json!({ "providers": [] }));
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    let answer = admin.get(&format!("/admin/users/{}/auth-providers", ada.id)).await;
    answer.is(200, &json!({ "providers": [] }));
}
