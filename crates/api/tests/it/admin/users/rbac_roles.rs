//! `fields=*rbac_roles`: users with their roles.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    list_returns_the_roles_of_each_user,
    fields_of_roles_are_returned_as_selected,
    every_route_that_returns_a_user_can_include_roles,
    roles_of_others_are_returned_to_callers_who_may_read_roles,
);

/// The names of the roles of a user in a response.
fn names(user: &Json) -> Vec<&str> {
    user["rbac_roles"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect()
}

async fn list_returns_the_roles_of_each_user(app: TestApp) {
    let admin = app.admin().await;
    let (viewer, inviter) = (app.role("Observer", &["user:read"]).await, app.role("Inviter", &["invite:read"]).await);
    let ada = app.user_with("ada@example.com", &[&viewer.id]).await;
    app.user_with("bob@example.com", &[]).await;
    app.clock.advance(std::time::Duration::from_secs(1));
    let more = json!({ "roles": [inviter.id.as_str()] });
    admin.post(&format!("/admin/users/{}/roles", ada.id), more).await.ok();
    let list = async |query: &str| admin.get(&format!("/admin/users?order=email&{query}")).await.ok();
    let plain = list("").await;
    for fields in ["*rbac_roles", "rbac_roles.*", "+rbac_roles.*", "%2Brbac_roles.*", "*rbac_roles,%2Brbac_roles.name"]
    {
        let mut page = list(&format!("fields={fields}")).await;
        let users = page["users"].as_array_mut().unwrap();
        assert_eq!(users[0]["rbac_roles"], json!([viewer, inviter]), "{fields}");
        assert_eq!(names(&users[1]), ["Super Admin"], "{fields}");
        assert_eq!(users[2]["rbac_roles"], json!([]), "{fields}");
        for user in users {
            user.as_object_mut().unwrap().remove("rbac_roles");
        }
        assert_eq!(page, plain, "{fields}: the other fields are unchanged");
    }
    let page = list("fields=email,*rbac_roles&limit=1&offset=1").await;
    assert_eq!((page["users"].as_array().unwrap().len(), &page["count"]), (1, &json!(3)));
    assert_eq!((names(&page["users"][0]), page["users"][0].as_object().unwrap().len()), (vec!["Super Admin"], 3));
    // Users cannot be filtered by them.
    admin.get("/admin/users?rbac_roles[id]=x").await.is_invalid("Unrecognized fields: 'rbac_roles'");
}

async fn fields_of_roles_are_returned_as_selected(app: TestApp) {
    let admin = app.admin().await;
    let viewer = app.role("Observer", &["user:read"]).await;
    let ada = app.user_with("ada@example.com", &[&viewer.id]).await;
    let user =
        async |fields: &str| admin.get(&format!("/admin/users/{}?fields={fields}", ada.id)).await.ok()["user"].clone();
    let (id, named) = (json!([{ "id": viewer.id }]), json!([{ "id": viewer.id, "name": "Observer" }]));
    // A name without a sign selects only itself, and the id.
    assert_eq!(user("rbac_roles.id").await, json!({ "id": ada.id, "rbac_roles": id }));
    assert_eq!(user("id,rbac_roles.name").await, json!({ "id": ada.id, "rbac_roles": named }));
    let email = json!({ "id": ada.id, "email": "ada@example.com", "rbac_roles": [viewer] });
    assert_eq!(user("id,email,rbac_roles.*").await, email);
    for (fields, roles) in [
        ("%2Brbac_roles.id", &id),
        ("%2Brbac_roles.name", &named),
        ("%2Brbac_roles.nosuch", &id),
        ("*rbac_roles,-rbac_roles.name", &json!([viewer])),
    ] {
        let user = user(fields).await;
        assert_eq!((&user["rbac_roles"], user.as_object().unwrap().len()), (roles, 13), "{fields}");
    }
    assert_eq!(user("*rbac_roles,-email").await.get("email"), None);
    for fields in ["-rbac_roles", "*rbac_role", "*roles", "%2Brbac_rolesx.id"] {
        assert_eq!(user(fields).await.as_object().unwrap().len(), 12, "{fields}");
    }
}

async fn every_route_that_returns_a_user_can_include_roles(app: TestApp) {
    let admin = app.admin().await;
    let viewer = app.role("Observer", &["user:read"]).await;
    let ada = app.user_with("ada@example.com", &[&viewer.id]).await;
    let (fields, path) = ("fields=id,*rbac_roles", format!("/admin/users/{}", ada.id));
    let expected = json!({ "id": ada.id, "rbac_roles": [viewer] });
    for answer in [
        admin.get(&format!("{path}?{fields}")).await,
        admin.post(&format!("{path}?{fields}"), json!({ "first_name": "Ada" })).await,
        ada.get(&format!("/admin/users/me?{fields}")).await,
        admin.post_nothing(&format!("{path}/lock?{fields}")).await,
        admin.post_nothing(&format!("{path}/unlock?{fields}")).await,
    ] {
        assert_eq!(answer.ok()["user"], expected, "{}", answer.asked);
    }
    let of_role = admin.get(&format!("/admin/rbac/roles/{}/users?{fields}", viewer.id)).await;
    assert_eq!(of_role.ok()["users"], json!([expected]));
}

async fn roles_of_others_are_returned_to_callers_who_may_read_roles(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user_who_may("ada@example.com", &["user:read", "user:update"]).await;
    let bob = app.user_who_may("bob@example.com", &["user:read", "rbac_role:read"]).await;
    for fields in ["*rbac_roles", "%2Brbac_roles.id", "rbac_roles.name,id"] {
        let (list, one) =
            (format!("/admin/users?fields={fields}"), format!("/admin/users/{}?fields={fields}", admin.id));
        for user in ada.get(&list).await.ok()["users"].as_array().unwrap() {
            assert_eq!(user.get("rbac_roles"), None, "{fields}");
        }
        assert_eq!(ada.get(&one).await.ok()["user"].get("rbac_roles"), None, "{fields}");
        assert!(bob.get(&list).await.ok()["users"][0]["rbac_roles"].is_array(), "{fields}");
        assert!(bob.get(&one).await.ok()["user"]["rbac_roles"].is_array(), "{fields}");
    }
    let update = format!("/admin/users/{}?fields=*rbac_roles", ada.id);
    assert_eq!(ada.post(&update, json!({ "first_name": "Ada" })).await.ok()["user"].get("rbac_roles"), None);
    // The caller's own roles are no secret from the caller.
    let me = ada.get("/admin/users/me?fields=*rbac_roles").await.ok();
    assert_eq!(names(&me["user"]), ["Role of ada@example.com"]);
    // An API key sees what its own policies allow.
    let (readers, seers) = (app.role("Readers", &["user:read"]).await, app.role("Seers", &["rbac_role:read"]).await);
    for (roles, sees) in [(vec![&readers.id], false), (vec![&readers.id, &seers.id], true)] {
        let key = admin.api_key("CI", Some(&roles)).await;
        let listed = app.basic(&key.token).get("/admin/users?fields=*rbac_roles").await.ok();
        assert_eq!(listed["users"][0].get("rbac_roles").is_some(), sees);
    }
}
