//! `POST /admin/users/{id}/reset-password`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp, forge};

on_both_engines!(
    reset_password_returns_a_token_for_the_user,
    reset_password_of_a_user_without_a_password_is_refused,
    reset_password_of_a_user_with_more_permissions_returns_403,
);

const ADA: &str = "ada@example.com";
const NEW: &str = "Brand-new-quarry-19";

async fn reset_password_returns_a_token_for_the_user(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user(ADA).await;
    let path = format!("/admin/users/{}/reset-password", ada.id);
    let mailed = app.reset_token(ADA).await;
    for body in [json!({}), json!({ "nosuch": 1 }), json!({ "metadata": { "a": 1 } })] {
        admin.post(&path, body).await.ok();
    }
    let token = admin.post_nothing(&path).await.ok()["token"].as_str().unwrap().to_owned();
    assert_eq!(forge::claims(&token)["entity_id"], ADA);
    let update = |token: &str| app.bearer(token).post("/auth/user/emailpass/update", json!({ "password": NEW }));
    assert_eq!(update(&mailed).await.status, 401, "the token that was mailed before is invalid");
    update(&token).await.ok();
    app.anonymous().sign_in_as_user(ADA, NEW).await;
    let entries = app.audited("password.reset_issued").await;
    assert_eq!(
        (entries.len(), &entries[0]["actor_id"], &entries[0]["target_id"]),
        (4, &json!(admin.id), &json!(ada.id))
    );
    assert_eq!(app.events("auth.password_reset").await.len(), 1, "a token that is returned is not mailed");
}

async fn reset_password_of_a_user_without_a_password_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let unknown = admin.post_nothing("/admin/users/user_nosuch/reset-password").await;
    unknown.is_error(404, "not_found", "User with id: user_nosuch was not found");
    let bob = admin.post("/admin/users", json!({ "email": "bob@example.com", "invite": true })).await.ok();
    let path = format!("/admin/users/{}/reset-password", bob["user"]["id"].as_str().unwrap());
    let message = "This user has no password: they have not accepted their invite yet, or use another sign-in method.";
    admin.post_nothing(&path).await.is_coded(400, "not_allowed", "no_password", message);
    let ada = app.user(ADA).await;
    app.flows.users().lock_users(ada.id.parse::<vestibule_user::UserId>().unwrap()).await.unwrap();
    let path = format!("/admin/users/{}/reset-password", ada.id);
    let message = "This user is locked. Unlock the user first.";
    admin.post_nothing(&path).await.is_coded(400, "not_allowed", "user_locked", message);
    app.anonymous().post_nothing(&path).await.is_unauthorized();
}

/// security.md 5
async fn reset_password_of_a_user_with_more_permissions_returns_403(app: TestApp) {
    let admin = app.admin().await;
    let helper = app.user_with_policies("helper@example.com", &["user:read", "user:update"]).await;
    let reader = app.user_with_policies("reader@example.com", &["user:read"]).await;
    let path = |id: &str| format!("/admin/users/{id}/reset-password");
    helper.post_nothing(&path(&reader.id)).await.ok();
    let refused = helper.post_nothing(&path(&helper.id)).await;
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("own_account")), "{}", refused.text());
    let refused = helper.post_nothing(&path(&admin.id)).await;
    let message = "You cannot reset the password of a user who may do more than you: you lack *:*";
    refused.is_coded(403, "forbidden", "policies_missing", message);
    let refused = reader.post_nothing(&path(&reader.id)).await;
    refused.is_error(403, "forbidden", "Insufficient permissions. Required policies: user:update");
    app.anonymous().sign_in_as_user("admin@example.com", PASSWORD).await;
}
