//! API keys: created, shown once, revoked.

use vestibule_auth::ApiKeyKind;
use vestibule_flows::{Context, NewApiKey};
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(
    a_key_is_shown_once_and_revoked,
    the_key_of_a_directory_is_shown_once,
    a_publishable_key_is_shown_with_its_token_and_revoked,
    creating_a_key_with_missing_permissions_is_refused
);

async fn a_key_is_shown_once_and_revoked(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/api-keys").await.is(200).shows("No keys yet.");
    let fields = [("title", "Nightly <export>"), ("days", "nonsense"), ("role", "role_super_admin")];
    browser.post("/app/api-keys", &fields).await.is(400).shows("whole number").shows("Nightly &#60;export&#62;");
    let fields = [("title", "Nightly"), ("days", "90"), ("role", "role_super_admin")];
    let key = browser.post("/app/api-keys", &fields).await.is(200).between("value=\"sk_", "\"");
    let program = site.flows.identify_api_key(&format!("sk_{key}")).await.unwrap().unwrap();
    assert!(program.permissions.allows("user:read"));
    let page = browser.get("/app/api-keys").await;
    page.hides(&key).shows("Nightly").shows("in 3 months");
    let path = format!("/app/api-keys/{}/revoke", program.id);
    browser.get(&path).await.is(200).shows("Nightly");
    browser.post(&path, &[]).await.leads_to("/app/api-keys?done=key-revoked");
    assert!(site.flows.identify_api_key(&format!("sk_{key}")).await.unwrap().is_none());
    browser.get("/app/api-keys").await.shows("Revoked").hides("/revoke");
}

/// security.md 37
async fn the_key_of_a_directory_is_shown_once(site: Site) {
    let browser = site.admin().await;
    let fields = [("title", "Entra"), ("kind", "scim"), ("days", "")];
    let key = browser.post("/app/api-keys", &fields).await.is(200).between("value=\"scim_", "\"");
    let directory = site.flows.identify_directory(&format!("scim_{key}")).await.unwrap().unwrap();
    assert!(directory.permissions.is_empty(), "without roles, nothing is below its ceiling");
    assert!(site.flows.identify_api_key(&format!("scim_{key}")).await.unwrap().is_none());
    browser.get("/app/api-keys").await.hides(&key).shows("Entra").shows("SCIM");
}

async fn a_publishable_key_is_shown_with_its_token_and_revoked(site: Site) {
    let browser = site.admin().await;
    let new = NewApiKey { title: "Shop".into(), kind: ApiKeyKind::Publishable, ..NewApiKey::default() };
    let made = site.flows.create_api_key(&new, &Context::operator()).await.unwrap().key;
    browser.get("/app/api-keys").await.is(200).shows("Shop").shows("Publishable").shows(made.token.reveal());
    let path = format!("/app/api-keys/{}/revoke", made.key.id);
    browser.get(&path).await.is(200).shows("A publishable key gives no access here").hides("loses access immediately");
    browser.post(&path, &[]).await.leads_to("/app/api-keys?done=key-revoked");
    browser.get("/app/api-keys").await.shows("Revoked").hides("/revoke");
}

/// security.md 5
async fn creating_a_key_with_missing_permissions_is_refused(site: Site) {
    let browser = site.limited(&["api_key:read", "api_key:create", "rbac_role:read"]).await;
    browser.get("/app/api-keys").await.is(200).hides("value=\"role_super_admin\"");
    let fields = [("title", "Key"), ("role", "role_super_admin")];
    browser.post("/app/api-keys", &fields).await.is(403).shows("do not have permission").hides("sk_");
}
