//! `fields` with relations by path: which relations roles, users and invites return, and to which callers.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::texts;
use crate::support::TestApp;

on_both_engines!(
    a_role_shows_its_users_policies_and_parents,
    an_invite_shows_its_roles,
    a_user_shows_the_policies_of_their_roles,
    relations_are_shown_to_callers_who_may_read_them,
    a_path_reaches_no_secret_fields,
);

/// A role with a parent, and a user who has it.
async fn editor(app: &TestApp) -> (String, String, String) {
    let admin = app.admin().await;
    let parent = app.role("Observer", &["user:read"]).await.id.to_string();
    let editor = app.role("Writer", &["user:update"]).await.id.to_string();
    admin.post(&format!("/admin/rbac/roles/{editor}"), json!({ "parent_ids": [parent] })).await.ok();
    let ada = app.user_with("ada@example.com", &[&editor.parse().unwrap()]).await;
    (editor, parent, ada.id.clone())
}

async fn a_role_shows_its_users_policies_and_parents(app: TestApp) {
    let admin = app.admin().await;
    let (editor, parent, ada) = editor(&app).await;
    let path = format!("/admin/rbac/roles/{editor}");
    for fields in ["*users", "users", "users.*", "%2Busers", "id,*users,*policies,*parents"] {
        let role = admin.get(&format!("{path}?fields={fields}")).await.ok()["role"].clone();
        assert_eq!(texts(&role["users"], "email"), ["ada@example.com"], "{fields}");
        assert_eq!(role["users"][0]["id"], json!(ada), "{fields}");
    }
    let role = admin.get(&format!("{path}?fields=name,users.email,policies.key,parents.name")).await.ok();
    let policies: Vec<&Json> =
        role["role"]["policies"].as_array().unwrap().iter().map(|policy| &policy["key"]).collect();
    assert_eq!(policies, [&json!("user:update"), &json!("user:read")]);
    assert_eq!(role["role"]["users"], json!([{ "id": ada, "email": "ada@example.com" }]));
    assert_eq!(role["role"]["parents"], json!([{ "id": parent, "name": "Observer" }]));
    assert_eq!(role["role"].as_object().unwrap().len(), 5);
    let listed = admin.get("/admin/rbac/roles?name=Writer&fields=id,parents.policies.key").await.ok();
    let policies = &listed["roles"][0]["parents"][0]["policies"];
    assert_eq!((policies.as_array().unwrap().len(), &policies[0]["key"]), (1, &json!("user:read")));
    assert_eq!(listed["roles"][0]["parents"][0].get("name"), None);
}

async fn an_invite_shows_its_roles(app: TestApp) {
    let admin = app.admin().await;
    let (editor, ..) = editor(&app).await;
    let body = json!({ "email": "grace@example.com", "roles": [editor] });
    let created = admin.post("/admin/invites?fields=email,rbac_roles.name", body).await.ok()["invite"].clone();
    let shown = json!([{ "id": editor, "name": "Writer" }]);
    assert_eq!(created["rbac_roles"], shown);
    let path = format!("/admin/invites/{}", created["id"].as_str().unwrap());
    assert_eq!(admin.get(&format!("{path}?fields=rbac_roles.name")).await.ok()["invite"]["rbac_roles"], shown);
    assert_eq!(admin.get("/admin/invites?fields=rbac_roles.name").await.ok()["invites"][0]["rbac_roles"], shown);
    let deep = admin.get(&format!("{path}?fields=*rbac_roles.policies")).await.ok();
    assert_eq!(texts(&deep["invite"]["rbac_roles"][0]["policies"], "key"), ["user:update", "user:read"]);
    let resent = admin.post_nothing(&format!("{path}/resend?fields=id,*rbac_roles")).await.ok();
    assert_eq!(resent["invite"]["rbac_roles"][0]["name"], "Writer");
}

async fn a_user_shows_the_policies_of_their_roles(app: TestApp) {
    let admin = app.admin().await;
    let (_, _, ada) = editor(&app).await;
    let client = app.user("ada@example.com").await;
    for fields in ["rbac_roles.policies", "*rbac_roles.policies", "rbac_roles.policies.*", "rbac_roles.policies.key"] {
        let page = admin.get(&format!("/admin/users?order=email&fields=id,{fields}")).await.ok();
        assert_eq!(texts(&page["users"][0]["rbac_roles"][0]["policies"], "key"), ["user:update", "user:read"]);
        assert_eq!(texts(&page["users"][1]["rbac_roles"][0]["policies"], "key"), ["*:*"]);
        let one = admin.get(&format!("/admin/users/{ada}?fields=id,{fields}")).await.ok();
        assert_eq!(one["user"], page["users"][0], "{fields}");
        // The policies of a user's own roles are no secret from the user.
        assert_eq!(client.get(&format!("/admin/users/me?fields=id,{fields}")).await.ok()["user"], one["user"]);
    }
}

/// security.md 37 in spirit: a relation returns nothing that its own route would withhold.
async fn relations_are_shown_to_callers_who_may_read_them(app: TestApp) {
    let (editor, ..) = editor(&app).await;
    let roles = app.user_who_may("roles@example.com", &["rbac_role:read"]).await;
    let role = roles.get(&format!("/admin/rbac/roles/{editor}?fields=*users,*policies")).await.ok();
    assert_eq!((role["role"].get("users"), role["role"]["policies"].is_array()), (None, true));
    let users = app.user_who_may("users@example.com", &["user:read", "invite:read"]).await;
    app.admin().await.post("/admin/invites", json!({ "email": "grace@example.com" })).await.ok();
    let fields = "fields=id,*rbac_roles,rbac_roles.users.email";
    for (path, name) in [("/admin/users", "users"), ("/admin/invites", "invites")] {
        let page = users.get(&format!("{path}?{fields}")).await.ok();
        assert_eq!(page[name][0].get("rbac_roles"), None, "{path}");
    }
    // Their own roles, but not the other users who have them.
    let me = roles.get("/admin/users/me?fields=id,rbac_roles.name,rbac_roles.users.email").await.ok();
    assert_eq!(me["user"]["rbac_roles"][0].get("users"), None);
    assert_eq!(me["user"]["rbac_roles"][0]["name"], "Role of roles@example.com");
}

async fn a_path_reaches_no_secret_fields(app: TestApp) {
    let admin = app.admin().await;
    editor(&app).await;
    for fields in [
        "grants",
        "rbac_roles.grants",
        "rbac_roles.policies.grants",
        "auth_identities",
        "*provider_identities",
        "rbac_roles.users.rbac_roles.users.email",
        "rbac_roles.users.password",
        "sessions.*",
        "..",
        "rbac_roles..name",
        "*.*",
        "rbac_roles.*.*",
        "*rbac_roles.*.token",
    ] {
        let answer = admin.get(&format!("/admin/users?fields=id,{fields}")).await;
        let text = answer.ok().to_string();
        for secret in ["grants", "password", "identit", "token", "argon2"] {
            assert!(!text.contains(secret), "{fields}: {text}");
        }
    }
    // Three levels; deeper ones are left out.
    let users = admin.get("/admin/users?order=email&fields=rbac_roles.users.rbac_roles.users").await.ok();
    let user = &users["users"][0]["rbac_roles"][0]["users"][0];
    assert!(user["rbac_roles"][0]["id"].is_string());
    assert_eq!(user["rbac_roles"][0].get("users"), None);
}
