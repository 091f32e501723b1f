//! API keys of the type `publishable`.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{MadeKey, TestApp, User};

on_both_engines!(
    a_publishable_key_is_created_and_its_token_stays_visible,
    keys_are_listed_by_type,
    the_key_of_a_directory_opens_nothing_here,
    a_publishable_key_grants_no_access,
    the_header_of_a_publishable_key_is_ignored,
    a_publishable_key_has_no_roles,
    creating_a_publishable_key_requires_its_policy_and_no_proof,
    a_publishable_key_is_renamed_revoked_and_deleted,
    revoking_the_keys_of_a_user_leaves_publishable_ones,
);

fn body(title: &str) -> Json {
    json!({ "title": title, "type": "publishable" })
}

async fn publishable(maker: &User, title: &str) -> MadeKey {
    MadeKey::of(&maker.post("/admin/api-keys", body(title)).await.ok()["api_key"])
}

/// security.md 4
async fn the_key_of_a_directory_opens_nothing_here(app: TestApp) {
    let admin = app.admin().await;
    let roles = json!(["role_super_admin"]);
    let made = admin.post("/admin/api-keys", json!({ "title": "Entra", "type": "scim", "roles": roles })).await.ok();
    let token = made["api_key"]["token"].as_str().unwrap();
    assert!(
        token.starts_with("scim_") && made["api_key"]["type"] == "scim" && made["api_key"]["roles"] == roles,
        "{made}"
    );
    assert_eq!(admin.get("/admin/api-keys?type=scim").await.ok()["api_keys"][0]["token"], "", "it is shown once");
    for client in [app.bearer(token), app.basic(token), app.basic(&BASE64.encode(token))] {
        client.get("/admin/users").await.is_unauthorized();
    }
}

async fn a_publishable_key_is_created_and_its_token_stays_visible(app: TestApp) {
    let admin = app.admin().await;
    let made = admin.post("/admin/api-keys", body("Shop")).await.ok();
    let (id, token) = (&made["api_key"]["id"], made["api_key"]["token"].as_str().unwrap());
    assert!(id.as_str().unwrap().starts_with("apk_") && token.starts_with("pk_") && token.len() == 67, "{token}");
    let now = app.clock_text();
    let expected = json!({
        "id": id, "token": token, "redacted": format!("{}***{}", token.split_at(6).0, token.split_at(64).1),
        "title": "Shop", "type": "publishable", "last_used_at": null, "created_by": admin.id, "revoked_by": null,
        "revoked_at": null, "expires_at": null, "created_at": now, "updated_at": now, "deleted_at": null, "roles": [],
        "sales_channels": [],
    });
    assert_eq!(made["api_key"], expected);
    let path = format!("/admin/api-keys/{}", id.as_str().unwrap());
    admin.get(&path).await.is(200, &json!({ "api_key": expected }));
    assert_eq!(admin.get("/admin/api-keys").await.ok()["api_keys"], json!([expected]));
    let fields = admin.get(&format!("{path}?fields=token,type,sales_channels,*sales_channels")).await;
    let shown = json!({ "id": id, "token": token, "type": "publishable", "sales_channels": [] });
    fields.is(200, &json!({ "api_key": shown }));
    let entry = json!({ "title": "Shop", "type": "publishable", "redacted": expected["redacted"], "roles": [], "expires_at": null });
    assert_eq!(app.audited("api_key.created").await[0]["after"], entry);
}

async fn keys_are_listed_by_type(app: TestApp) {
    let admin = app.admin().await;
    publishable(&admin, "Shop").await;
    admin.api_key("CI", None).await;
    publishable(&admin, "Outlet").await;
    for (query, expected) in [
        ("", json!(["Shop", "CI", "Outlet"])),
        ("type=publishable", json!(["Shop", "Outlet"])),
        ("type=secret", json!(["CI"])),
        ("type=publishable&q=out", json!(["Outlet"])),
        ("type=secret&q=out", json!([])),
        ("order=type", json!(["Shop", "Outlet", "CI"])),
    ] {
        let listed = admin.get(&format!("/admin/api-keys?{query}")).await.ok();
        let titles: Json = listed["api_keys"].as_array().unwrap().iter().map(|key| key["title"].clone()).collect();
        assert_eq!((&titles, &listed["count"]), (&expected, &json!(expected.as_array().unwrap().len())), "{query}");
    }
}

/// security.md 4
async fn a_publishable_key_grants_no_access(app: TestApp) {
    let admin = app.admin().await;
    let key = publishable(&admin, "Shop").await;
    let (token, as_secret) = (key.token.as_str(), key.token.replace("pk_", "sk_"));
    for value in
        [token, &BASE64.encode(token), &BASE64.encode(format!("{token}:")), &as_secret, &BASE64.encode(&as_secret)]
    {
        for client in [app.basic(value), app.bearer(value)] {
            for path in ["/admin/users", "/admin/users/me", "/admin/api-keys", "/auth/sessions"] {
                client.get(path).await.is_unauthorized();
            }
            client.post("/admin/invites", json!({ "email": "new@example.com" })).await.is_unauthorized();
            client.post_nothing("/auth/session").await.is_unauthorized();
        }
    }
    app.cookie(&format!("connect.sid={token}")).get("/admin/users").await.is_unauthorized();
    assert_eq!(admin.get(&format!("/admin/api-keys/{}", key.id)).await.ok()["api_key"]["last_used_at"], json!(null));
}

async fn the_header_of_a_publishable_key_is_ignored(app: TestApp) {
    let admin = app.admin().await;
    let key = publishable(&admin, "Shop").await;
    for value in [key.token.as_str(), "pk_nosuch", ""] {
        let with_header = |path: &str| app.anonymous().get(path).header("x-publishable-api-key", value);
        with_header("/admin/users").await.is_unauthorized();
        assert_eq!(with_header("/health").await.status, 200);
        let users = admin.get("/admin/users").header("x-publishable-api-key", value).await.ok();
        assert_eq!(users["count"], 1, "a session works as before");
    }
}

async fn a_publishable_key_has_no_roles(app: TestApp) {
    let admin = app.admin().await;
    let refused = admin
        .post("/admin/api-keys", json!({ "title": "x", "type": "publishable", "roles": ["role_super_admin"] }))
        .await;
    let message = "A publishable key opens nothing and has no roles. Leave out roles, or create a secret key.";
    refused.is_coded(400, "invalid_data", "publishable_key_roles", message);
    assert_eq!(admin.get("/admin/api-keys").await.ok()["count"], 0);
    let made = admin.post("/admin/api-keys", json!({ "title": "x", "type": "publishable", "roles": [] })).await.ok();
    assert_eq!(made["api_key"]["roles"], json!([]));
}

/// security.md 20 and 25: it widens no access.
async fn creating_a_publishable_key_requires_its_policy_and_no_proof(app: TestApp) {
    let admin = app.admin().await;
    let maker = app.limited("maker@example.com", &["api_key:create"]).await;
    let other = app.limited("other@example.com", &["api_key:read"]).await;
    let program = app.basic(&admin.api_key("CI", None).await.token);
    app.clock.advance(Duration::from_secs(60 * 60));
    let refused = maker.post("/admin/api-keys", json!({ "title": "x", "type": "secret" })).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("fresh_proof_required")));
    maker.post("/admin/api-keys", body("by a maker")).await.ok();
    program.post("/admin/api-keys", body("by a program")).await.ok();
    let lacking = "Insufficient permissions. Required policies: api_key:create";
    other.post("/admin/api-keys", body("x")).await.is_error(403, "forbidden", lacking);
    app.anonymous().post("/admin/api-keys", body("x")).await.is_unauthorized();
}

async fn a_publishable_key_is_renamed_revoked_and_deleted(app: TestApp) {
    let admin = app.admin().await;
    let key = publishable(&admin, "Shop").await;
    let path = format!("/admin/api-keys/{}", key.id);
    let renamed = admin.post(&path, json!({ "title": "Outlet" })).await.ok();
    assert_eq!((&renamed["api_key"]["title"], &renamed["api_key"]["token"]), (&json!("Outlet"), &json!(key.token)));
    let message = format!("Cannot delete api keys that are not revoked - {}", key.id);
    admin.delete(&path).await.is_coded(400, "not_allowed", "api_key_not_revoked", &message);
    let revoked = admin.post_nothing(&format!("{path}/revoke")).await.ok();
    assert_eq!(revoked["api_key"]["revoked_at"], json!(app.clock_text()));
    assert_eq!(revoked["api_key"]["revoked_by"], json!(admin.id));
    // The reference checks secret keys only. A revoked key keeps the time at which it was first revoked.
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(admin.post_nothing(&format!("{path}/revoke")).await.ok(), revoked);
    admin.delete(&path).await.is(200, &json!({ "id": key.id, "object": "api_key", "deleted": true }));
    admin.get(&path).await.is_error(404, "not_found", &format!("API Key with id: {} was not found", key.id));
    for action in ["api_key.created", "api_key.updated", "api_key.revoked", "api_key.deleted"] {
        assert_eq!(app.audited(action).await.len(), 1, "{action}");
    }
}

/// Web pages contain them, and they grant no access.
async fn revoking_the_keys_of_a_user_leaves_publishable_ones(app: TestApp) {
    let admin = app.admin().await;
    let maker = app.limited("maker@example.com", &["api_key:create"]).await;
    let (shop, secret) = (publishable(&maker, "Shop").await, maker.api_key("CI", None).await);
    admin.post_nothing(&format!("/admin/users/{}/lock?revoke_api_keys=true", maker.id)).await.ok();
    let is_revoked = async |id: &str| {
        !admin.get(&format!("/admin/api-keys/{id}?fields=revoked_at")).await.ok()["api_key"]["revoked_at"].is_null()
    };
    assert!(is_revoked(&secret.id).await && !is_revoked(&shop.id).await);
}
