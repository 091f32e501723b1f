//! What API keys allow, and who may create, read and revoke them.

use serde_json::json;
use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    an_api_key_is_limited_to_its_policies,
    an_api_key_grants_no_more_than_its_creator_has,
    each_route_requires_its_policy,
);

fn lacking(policy: &str) -> String {
    format!("Insufficient permissions. Required policies: {policy}")
}

async fn an_api_key_is_limited_to_its_policies(app: TestApp) {
    let admin = app.admin().await;
    let readers = app.role_of("Readers", &["user:read", "invite:read"]).await;
    let key = admin.api_key("reads", Some(&[&readers])).await;
    let client = app.basic(&key.token);
    client.get("/admin/users").await.ok();
    client.get("/admin/invites").await.ok();
    let body = json!({ "email": "x@example.com" });
    client.post("/admin/invites", body).await.is_error(403, "forbidden", &lacking("invite:create"));
    client.get("/admin/api-keys").await.is_error(403, "forbidden", &lacking("api_key:read"));
    client.delete(&format!("/admin/users/{}", admin.id)).await.is_error(403, "forbidden", &lacking("user:delete"));
    // security.md 21: a changed role counts at the next request.
    app.flows.rbac().delete_rbac_roles(readers).await.unwrap();
    client.get("/admin/users").await.is_error(403, "forbidden", &lacking("user:read"));
    let nothing = app.basic(&admin.api_key("nothing", Some(&[])).await.token);
    nothing.get("/admin/users").await.is_error(403, "forbidden", &lacking("user:read"));
}

/// security.md 5
async fn an_api_key_grants_no_more_than_its_creator_has(app: TestApp) {
    let admin = app.admin().await;
    let helper = app.limited("helper@example.com", &["api_key:create", "user:read"]).await;
    let readers = app.role_of("Readers", &["user:read"]).await;
    let writers = app.role_of("Writers", &["user:read", "user:delete"]).await;
    for roles in [vec![&writers], vec![&readers, &writers]] {
        let body = json!({ "title": "x", "type": "secret", "roles": roles });
        let refused = helper.post("/admin/api-keys", body).await;
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("policies_missing")));
        assert!(refused.json()["message"].as_str().unwrap().ends_with("user:delete"));
    }
    let super_admin = json!({ "title": "x", "type": "secret", "roles": [RoleId::super_admin()] });
    assert_eq!(helper.post("/admin/api-keys", super_admin.clone()).await.status, 403);
    let readers_key = app.basic(&helper.api_key("reads", Some(&[&readers])).await.token);
    let own = app.basic(&helper.api_key("own", None).await.token);
    for client in [&readers_key, &own] {
        client.get("/admin/users").await.ok();
        client.delete("/admin/users/user_nosuch").await.is_error(403, "forbidden", &lacking("user:delete"));
    }
    // A key creates no keys: that requires a proof by a person.
    assert_eq!(own.post("/admin/api-keys", super_admin).await.json()["code"], "policies_missing");
    let refused = own.post("/admin/api-keys", json!({ "title": "x", "type": "secret", "roles": [readers] })).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("not_for_api_keys")));
    // A permission that the creator loses, the key loses as well.
    admin.post_nothing(&format!("/admin/users/{}/lock", helper.id)).await.ok();
    readers_key.get("/admin/users").await.is_unauthorized();
    let keys_of_helper = admin.get(&format!("/admin/api-keys?created_by={}&fields=title", helper.id)).await.ok();
    assert_eq!(keys_of_helper["count"], 2);
}

/// security.md 25
async fn each_route_requires_its_policy(app: TestApp) {
    let admin = app.admin().await;
    let key = admin.api_key("x", Some(&[])).await;
    let limited = app.limited("limited@example.com", &["user:read"]).await;
    let path = format!("/admin/api-keys/{}", key.id);
    for (method, path, policy) in [
        ("GET", "/admin/api-keys", "api_key:read"),
        ("POST", "/admin/api-keys", "api_key:create"),
        ("GET", &path, "api_key:read"),
        ("POST", &path, "api_key:update"),
        ("DELETE", &path, "api_key:delete"),
        ("POST", &format!("{path}/revoke"), "api_key:update"),
    ] {
        limited.ask(method, path).await.is_error(403, "forbidden", &lacking(policy));
        let may = app.limited(&format!("{method}-{}@example.com", path.len()), &[policy]).await;
        assert_ne!(may.ask(method, path).await.status, 403, "{method} {path}");
    }
}
