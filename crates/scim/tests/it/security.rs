//! Who may do what: the key of a directory, and its ceiling.

use serde_json::json;
use vestibule_auth::ApiKeyKind;
use vestibule_core::DomainError;
use vestibule_flows::{Context, NewApiKey};
use vestibule_rbac::RoleId;
use vestibule_scim::ROUTES;
use vestibule_testing::on_both_engines;

use crate::support::{Directory, Site, id};

on_both_engines!(
    every_route_asks_for_the_key_of_a_directory,
    a_directory_gives_and_changes_nothing_above_its_ceiling,
    a_key_is_made_by_those_who_may_do_what_a_directory_does,
    the_last_super_admin_stays
);

/// security.md 4, 12 and 25
async fn every_route_asks_for_the_key_of_a_directory(site: Site) {
    let secret = NewApiKey { title: "Program".to_owned(), ..NewApiKey::default() };
    let secret = site.flows.create_api_key(&secret, &Context::operator()).await.unwrap();
    let secret = secret.key.token.reveal().to_owned();
    let directory = site.directory(&[]).await;
    let forged = format!("scim_{}", "0".repeat(64));
    for key in ["", &secret, "scim_x", &forged, "eyJhbGciOiJIUzI1NiJ9.e30.x"] {
        site.clock.advance(std::time::Duration::from_secs(3_600));
        let caller = site.caller(key);
        for route in ROUTES {
            site.clock.advance(std::time::Duration::from_secs(60));
            let path = route.path.replace("{id}", "user_01ARZ3NDEKTSV4RRFFQ69G5FAV");
            let body = (route.method != "GET").then(|| "{}".to_owned());
            let answered = caller.send(route.method, &path, &[], body.clone()).await;
            assert_eq!(answered.header("www-authenticate"), "Bearer");
            answered.refused(401, "");
            let answered = directory.send(route.method, &path, &[], body).await;
            assert!(
                ![401, 405, 500, 501].contains(&answered.status.as_u16()),
                "{} {path}: {}",
                route.method,
                answered.status
            );
        }
    }
    assert!(site.flows.identify_api_key(&forged).await.unwrap().is_none(), "nor does the API take such a key");
    let key = NewApiKey { title: "D".into(), kind: ApiKeyKind::Scim, ..NewApiKey::default() };
    let key = site.flows.create_api_key(&key, &Context::operator()).await.unwrap();
    assert!(site.flows.identify_api_key(key.key.token.reveal()).await.unwrap().is_none());
    site.flows.revoke_api_key(key.key.key.id, std::time::Duration::ZERO, &Context::operator()).await.unwrap();
    site.caller(key.key.token.reveal()).get("/Users").await.refused(401, "");
}

/// security.md 5, 38 and 47
async fn a_directory_gives_and_changes_nothing_above_its_ceiling(site: Site) {
    let readers = site.role("Readers", &["user:read"]).await;
    let admins = site.role("Admins", &["user:read", "user:delete"]).await;
    let directory = site.directory(std::slice::from_ref(&readers)).await;
    let ada = directory.user("ada@example.com").await;
    let member = json!([{ "op": "add", "path": "members", "value": [{ "value": id(&ada) }] }]);
    directory.patch(&format!("/Groups/{readers}"), member.clone()).await.is(200);

    let groups = directory.get("/Groups").await.is(200);
    let seen: Vec<&str> =
        groups["Resources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(
        seen.contains(&readers.as_str()) && !seen.contains(&admins.as_str()) && !seen.contains(&"role_super_admin")
    );
    for above in [&admins, &RoleId::super_admin()] {
        let path = format!("/Groups/{above}");
        directory.get(&path).await.refused(404, "");
        directory.patch(&path, member.clone()).await.refused(404, "");
        directory.put(&path, json!({ "displayName": "Mine" })).await.refused(404, "");
        directory.delete(&path).await.refused(404, "");
    }
    let grace = site.user("grace@example.com", std::slice::from_ref(&admins)).await;
    let path = format!("/Users/{}", grace.id);
    directory.get(&path).await.is(200);
    directory.patch(&path, json!([{ "op": "replace", "path": "active", "value": false }])).await.refused(403, "");
    directory.put(&path, json!({ "userName": "mine@example.com" })).await.refused(403, "");
    directory.delete(&path).await.refused(403, "");
    let member = json!([{ "op": "add", "path": "members", "value": [{ "value": grace.id }] }]);
    directory.patch(&format!("/Groups/{readers}"), member).await.refused(403, "");
    let after = site.flows.users().retrieve_user(grace.id).await.unwrap();
    assert_eq!((after.email.as_str(), after.locked_at), ("grace@example.com", None));
    assert!(!site.audited("request.refused").await.is_empty());

    // What an administrator has locked stays so.
    let bob = directory.user("bob@example.com").await;
    let bob_id = id(&bob).parse().unwrap();
    site.flows.lock_user(bob_id, &Context::operator()).await.unwrap();
    directory.patch(&bob, json!([{ "op": "replace", "path": "active", "value": true }])).await.refused(403, "");
}

/// security.md 5 and 37
async fn a_key_is_made_by_those_who_may_do_what_a_directory_does(site: Site) {
    let all = [
        "user:create",
        "user:read",
        "user:update",
        "user:delete",
        "rbac_role:create",
        "rbac_role:read",
        "rbac_role:update",
        "rbac_role:delete",
    ];
    let provisioner = site.role("Provisioners", &all).await;
    let reader = site.role("Readers", &["user:read", "api_key:create"]).await;
    let (ada, bob) =
        (site.user("ada@example.com", &[provisioner]).await, site.user("bob@example.com", &[reader]).await);
    let key = NewApiKey { title: "Directory".to_owned(), kind: ApiKeyKind::Scim, ..NewApiKey::default() };
    let refused = site.flows.create_api_key(&key, &Context::user(bob.id)).await.err().unwrap();
    assert_eq!(refused.code(), Some("policies_missing"));
    let above = NewApiKey { roles: Some(vec![RoleId::super_admin()]), ..key };
    let refused = site.flows.create_api_key(&above, &Context::user(ada.id)).await.err().unwrap();
    assert_eq!(refused.code(), Some("policies_missing"));

    let directory: Directory = site.directory_by(&[], &Context::user(ada.id)).await;
    directory.user("new@example.com").await;
    // security.md 21: it loses what its maker loses.
    site.user("root@example.com", &[RoleId::super_admin()]).await;
    site.flows.lock_user(ada.id, &Context::operator()).await.unwrap();
    directory.get("/Users").await.refused(401, "");
}

/// security.md 27
async fn the_last_super_admin_stays(site: Site) {
    let root = site.user("root@example.com", &[RoleId::super_admin()]).await;
    let directory = site.directory(&[RoleId::super_admin()]).await;
    let path = format!("/Users/{}", root.id);
    directory.patch(&path, json!([{ "op": "replace", "path": "active", "value": false }])).await.refused(403, "");
    directory.delete(&path).await.refused(403, "");
    let remove = json!([{ "op": "remove", "path": "members" }]);
    directory.patch("/Groups/role_super_admin", remove).await.refused(403, "");
    directory.delete("/Groups/role_super_admin").await.refused(403, "");
}
