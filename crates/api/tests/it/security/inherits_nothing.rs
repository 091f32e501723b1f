//! 28: a new user with a deleted user's address inherits nothing.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp};

on_both_engines!(a_new_user_with_the_address_inherits_nothing, registrations_from_before_the_deletion_are_refused);

async fn a_new_user_with_the_address_inherits_nothing(app: TestApp) {
    let admin = app.admin().await;
    let first = admin.invite_and_accept("ada@example.com").await;
    let profile = json!({
        "first_name": "Ada", "last_name": "Lovelace", "avatar_url": "https://a.test/a.png", "metadata": { "plan": "gold" },
    });
    admin.post(&format!("/admin/users/{}", first.id), profile).await.ok();
    let (cookie, invited) = (app.cookie(&first.cookie().await), first.invite("bob@example.com").await);
    admin.delete(&format!("/admin/users/{}", first.id)).await.ok();

    let invite = admin.invite("ADA@example.com").await;
    // With the old password this would be a new registration, without a user until the invite is accepted.
    let second = app.anonymous().accept_with_password(&invite.token, "Other-harbour-77x").await.ok();
    let user = &second["user"];
    assert_ne!(user["id"], first.id);
    for name in ["first_name", "last_name", "avatar_url", "metadata"] {
        assert_eq!(user[name], json!(null), "{name}");
    }
    app.anonymous().sign_in("ada@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    first.get("/admin/users/me").await.is_unauthorized();
    cookie.get("/admin/users/me").await.is_unauthorized();
    cookie.post_nothing("/auth/token/refresh").await.is_unauthorized();
    // The history names the first of the two users.
    let found = admin.get(&format!("/admin/invites/{}", invited.id)).await.ok();
    assert_eq!(found["invite"]["invited_by"], first.id);
    // The second user does not grant in place of the first.
    let preview = app.anonymous().post("/auth/invites/preview", json!({ "token": invited.token })).await;
    assert_eq!((preview.status, &preview.json()["code"]), (403, &json!("inviter_lacks_policies")));
    // The old id stays unknown.
    admin.post(&format!("/admin/users/{}", first.id), json!({ "first_name": "X" })).await.is_error(
        404,
        "not_found",
        &format!("User with id: {} was not found", first.id),
    );
}

/// The reference keeps the identity, and the next invite accepts the old password (notes H).
async fn registrations_from_before_the_deletion_are_refused(app: TestApp) {
    let admin = app.admin().await;
    let first = admin.invite_and_accept("ada@example.com").await;
    let refreshed = first.post_nothing("/auth/token/refresh").await.ok();
    admin.delete(&format!("/admin/users/{}", first.id)).await.ok();
    let invite = admin.invite("ada@example.com").await;
    for token in [first.token.as_str(), refreshed["token"].as_str().unwrap()] {
        app.bearer(token).accept(&invite.token).await.is_unauthorized();
    }
    app.anonymous().accept_with_password(&invite.token, "Other-harbour-77x").await.ok();
}
