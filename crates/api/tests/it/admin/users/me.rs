//! `GET /admin/users/me`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(me_returns_the_signed_in_user, me_takes_the_parameters_of_one_user);

async fn me_returns_the_signed_in_user(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("Ada@example.com").await);
    let now = "2026-11-22T09:30:00.000Z";
    for (user, email) in [(&admin, "admin@example.com"), (&ada, "Ada@example.com")] {
        user.get("/admin/users/me").await.is(
            200,
            &json!({ "user": {
                "id": user.id, "email": email, "first_name": null, "last_name": null, "avatar_url": null, "phone": null,
                "metadata": null, "locked_at": null, "last_seen_at": now, "created_at": now, "updated_at": now, "deleted_at": null,
            } }),
        );
    }
    // Changes are visible immediately: nothing about the user comes from the token.
    admin.post(&format!("/admin/users/{}", ada.id), json!({ "first_name": "Ada" })).await.ok();
    assert_eq!(ada.get("/admin/users/me").await.ok()["user"]["first_name"], "Ada");
}

/// notes C3
async fn me_takes_the_parameters_of_one_user(app: TestApp) {
    let admin = app.admin().await;
    let me = |query: &str| admin.get(&format!("/admin/users/me?{query}"));
    for query in ["fields=email", "fields=id,email"] {
        me(query).await.is(200, &json!({ "user": { "id": admin.id, "email": "admin@example.com" } }));
    }
    for query in ["fields=", "fields=nosuch"] {
        me(query).await.is(200, &json!({ "user": { "id": admin.id } }));
    }
    for query in ["fields=*", "fields=+metadata", "fields=%2Broles.id", ""] {
        assert_eq!(me(query).await.ok()["user"].as_object().unwrap().len(), 12, "{query}");
    }
    assert_eq!(me("fields=-metadata").await.ok()["user"].as_object().unwrap().len(), 11);
    me("fields[]=x").await.is_invalid("Expected type: 'string' for field 'fields', got: 'x'");
    for name in ["nosuch", "limit", "order", "q", "email", "with_deleted", "offset"] {
        me(&format!("{name}=1")).await.is_invalid(&format!("Unrecognized fields: '{name}'"));
    }
}
