//! `DELETE /admin/users/{id}`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    delete_removes_the_user_and_every_sign_in_method,
    users_cannot_delete_themselves,
    delete_of_a_deleted_or_unknown_user_succeeds,
    the_address_of_a_deleted_user_can_be_used_again,
);

async fn delete_removes_the_user_and_every_sign_in_method(app: TestApp) {
    let admin = app.admin().await;
    let ada = admin.invite_and_accept("ada@example.com").await;
    let (cookie, path) = (app.cookie(&ada.cookie().await), format!("/admin/users/{}", ada.id));
    let customer =
        app.anonymous().post("/auth/customer/emailpass", json!({ "email": "ada@example.com", "password": PASSWORD }));
    let customer = app.bearer(customer.await.ok()["token"].as_str().unwrap());
    admin.delete(&path).await.is(200, &json!({ "id": ada.id, "object": "user", "deleted": true }));

    admin.get(&path).await.is_error(404, "not_found", &format!("User with id: {} was not found", ada.id));
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 1);
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    for client in [&*ada, &cookie, &customer] {
        client.get("/admin/users/me").await.is_unauthorized();
        client.post_nothing("/auth/token/refresh").await.is_unauthorized();
        client.delete("/auth/session").await.is_unauthorized();
    }
}

async fn users_cannot_delete_themselves(app: TestApp) {
    let admin = app.admin().await;
    let path = format!("/admin/users/{}", admin.id);
    let refused = admin.delete(&path).await;
    refused.is_error(400, "not_allowed", "A user cannot delete itself");
    let by_cookie = app.cookie(&admin.cookie().await);
    by_cookie.delete(&path).await.is_error(400, "not_allowed", "A user cannot delete itself");
    admin.get("/admin/users/me").await.ok();
}

/// notes C3
async fn delete_of_a_deleted_or_unknown_user_succeeds(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    for (path, id) in [
        (ada.id.as_str(), ada.id.as_str()),
        (ada.id.as_str(), ada.id.as_str()),
        ("user_nosuch", "user_nosuch"),
        ("me", "me"),
        ("x,y", "x,y"),
        ("%00", "\0"),
    ] {
        let answer = admin.delete(&format!("/admin/users/{path}?nosuch=1")).await;
        answer.is(200, &json!({ "id": id, "object": "user", "deleted": true }));
    }
    admin.get("/admin/users/me").await.ok();
}

async fn the_address_of_a_deleted_user_can_be_used_again(app: TestApp) {
    let admin = app.admin().await;
    let first = admin.invite_and_accept("ada@example.com").await;
    admin.delete(&format!("/admin/users/{}", first.id)).await.ok();
    let second = admin.invite_and_accept("Ada@example.com").await;
    assert_ne!(first.id, second.id);
    first.get("/admin/users/me").await.is_unauthorized();
    // By each route: an invite, creation with a password, creation with an invite.
    admin.delete(&format!("/admin/users/{}", second.id)).await.ok();
    let body = json!({ "email": "ada@example.com", "password": "Other-harbour-77x" });
    let third = admin.post("/admin/users", body).await.ok();
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    app.anonymous().sign_in("ada@example.com", "Other-harbour-77x").await.ok();
    admin.delete(&format!("/admin/users/{}", third["user"]["id"].as_str().unwrap())).await.ok();
    let fourth = admin.post("/admin/users", json!({ "email": "ada@example.com", "invite": true })).await.ok();
    let token = fourth["invite"]["token"].as_str().unwrap();
    app.anonymous().accept_with_password(token, PASSWORD).await.ok();
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 2);
}
