//! Access by the command line: roles, locks, and API keys.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::Place;

on_both_engines!(
    roles_are_assigned_and_removed,
    a_locked_user_is_signed_out_and_can_sign_in_after_unlocking,
    an_address_is_changed_at_once_and_the_old_one_is_notified,
    an_api_key_is_created_and_revoked,
    the_key_of_a_directory_is_created_and_provisions_users
);

async fn roles_are_assigned_and_removed(place: Place) {
    place.create_user("root@example.com").await;
    place.create_user("ada@example.com").await;
    assert!(place.ok("role list").await.contains("role_super_admin"));
    let roles = place.run("role list --json").await.json();
    let ids: Vec<_> = roles["roles"].as_array().unwrap().iter().map(|role| role["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["role_admin", "role_editor", "role_super_admin", "role_viewer"]);

    place.run("user unassign ada@example.com --role role_super_admin").await.prints(
        r"
            [exit 0]
            ada@example.com (user_00000000000000000000000000) has no roles.
            ",
    );
    // security.md 25 and 21: from now on the user may do nothing.
    let server = place.serve().await;
    let mut ada = server.sign_in("ada@example.com").await;
    assert_eq!(ada.get("/admin/users").await.status, 403);
    place.run("user assign ada@example.com --role role_super_admin").await.prints(
        r"
            [exit 0]
            ada@example.com (user_00000000000000000000000000) has role_super_admin.
            ",
    );
    ada.get("/admin/users").await.ok();
    // security.md 27
    place.ok("user unassign ada@example.com --role role_super_admin").await;
    let last = "This is the last super admin: no one else may do everything. Make another user a super admin first.";
    for command in
        ["unassign root@example.com --role role_super_admin", "lock root@example.com", "delete root@example.com"]
    {
        assert_eq!(place.run(&format!("user {command}")).await.failed(1), last, "{command}");
    }
    let unknown = place.run("user assign ada@example.com --role role_nosuch").await.failed(2);
    assert_eq!(unknown, "The following role IDs do not exist: role_nosuch");
}

/// security.md 21
async fn a_locked_user_is_signed_out_and_can_sign_in_after_unlocking(place: Place) {
    place.create_user("root@example.com").await;
    place.create_user("ada@example.com").await;
    let server = place.serve().await;
    let mut ada = server.sign_in("ada@example.com").await;
    place.run("user lock ada@example.com").await.prints(
        r"
            [exit 0]
            Locked ada@example.com (user_00000000000000000000000000).
            ",
    );
    assert_eq!(ada.get("/admin/users/me").await.status, 401);
    assert!(!place.ok("user show ada@example.com").await.contains("Locked    -"));
    place.run("user unlock ada@example.com").await.prints(
        r"
            [exit 0]
            Unlocked ada@example.com (user_00000000000000000000000000).
            ",
    );
    server.sign_in("ada@example.com").await.get("/admin/users/me").await.ok();
}

async fn an_api_key_is_created_and_revoked(place: Place) {
    place.create_user("root@example.com").await;
    let made = place.run_with(&["api-key", "create", "--title", "Nightly report"], None).await;
    let key = made.ok();
    assert!(key.starts_with("sk_") && key.trim().len() == 67, "only the key, for pipes");
    let listed = place.run("api-key list --json").await.json();
    assert_eq!((&listed["count"], &listed["api_keys"][0]["title"]), (&json!(1), &json!("Nightly report")));
    let listed = place.ok("api-key list").await;
    assert!(listed.contains("good") && !listed.contains(key.trim()), "{listed}");
    let id = listed.split_whitespace().find(|word| word.starts_with("apk_")).unwrap().to_owned();
    place.run(&format!("api-key revoke {id}")).await.prints(
        r"
            [exit 0]
            Revoked Nightly report (apk_00000000000000000000000000).
            ",
    );
    assert!(place.ok("api-key list").await.contains("over"));
}

async fn the_key_of_a_directory_is_created_and_provisions_users(place: Place) {
    place.create_user("root@example.com").await;
    let key = place.ok("api-key create --kind scim --title Entra --role role_super_admin").await;
    assert!(key.starts_with("scim_"));
    let unknown = place.run("api-key create --kind other --title x").await.failed(2);
    assert!(unknown.ends_with("write secret, scim or publishable; see --help"), "{unknown}");
    let server = place.serve().await;
    let mut directory = server.client().with_token(key.trim());
    let created = directory.post("/scim/v2/Users", json!({ "userName": "ada@example.com" })).await;
    assert_eq!(created.status, 201);
    assert_eq!(directory.get("/admin/users").await.status, 401, "it opens nothing else");
    assert!(place.ok("user list").await.contains("ada@example.com"));
}

/// security.md 45
async fn an_address_is_changed_at_once_and_the_old_one_is_notified(place: Place) {
    place.create_user("root@example.com").await;
    place.create_user("ada@example.com").await;
    let server = place.serve().await;
    let mut ada = server.sign_in("ada@example.com").await;
    let taken = place.run("user change-email ada@example.com --email root@example.com").await.failed(1);
    assert_eq!(taken, "Another account has the address root@example.com. Choose another address.");
    place.run("user change-email ada@example.com --email countess@example.com").await.prints(
        r"
            [exit 0]
            Changed ada@example.com to countess@example.com (user_00000000000000000000000000).
            ",
    );
    assert_eq!(ada.get("/admin/users/me").await.status, 401);
    server.sign_in("countess@example.com").await;
    let mut root = server.sign_in("root@example.com").await;
    let events = root.get("/admin/events?limit=100").await.ok();
    let changed = events["events"].as_array().unwrap().iter().find(|event| event["name"] == "auth.email_changed");
    assert_eq!(changed.unwrap()["data"]["entity_id"], "ada@example.com", "the old address is notified");
}
