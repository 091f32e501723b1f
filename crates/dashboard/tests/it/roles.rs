//! Roles: the grid, parents, and permissions that the caller cannot grant.

use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(
    a_role_is_created_updated_and_deleted,
    policies_that_cannot_be_granted_are_shown_disabled,
    a_role_cannot_be_its_own_ancestor,
    a_role_with_more_permissions_is_read_only,
);

async fn a_role_is_created_updated_and_deleted(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/roles").await.is(200).shows("Super Admin");
    browser.post("/app/roles/new", &[("name", "")]).await.is(400).shows("role=\"alert\"");
    let made = browser.post("/app/roles/new", &[("name", "Support"), ("description", "Helps")]).await;
    let id: RoleId =
        made.is(303).location.trim_start_matches("/app/roles/").split('?').next().unwrap().parse().unwrap();
    browser
        .post("/app/roles/new", &[("name", "Support")])
        .await
        .is(400)
        .shows("already exists")
        .shows("value=\"Support\"");
    let path = format!("/app/roles/{id}");
    let page = browser.get(&path).await;
    let policy = |key: &str| {
        let end = page.text.find(&format!("aria-label=\"{key}\"")).unwrap();
        let start = page.text[..end].rfind("value=\"").unwrap();
        page.text[start + 7..end].split('"').next().unwrap().to_owned()
    };
    let (read, invite) = (policy("user:read"), policy("invite:create"));
    let shown = [("shown", read.as_str()), ("shown", invite.as_str()), ("name", "Helpers")];
    let fields = [&shown[..], &[("policy", read.as_str()), ("policy", &invite), ("requires_mfa", "1")]].concat();
    browser.post(&path, &fields).await.leads_to(&format!("{path}?done=saved"));
    let role = site.flows.rbac().retrieve_rbac_role(&id).await.unwrap();
    assert_eq!((role.name.as_str(), role.description, role.requires_mfa), ("Helpers", None, true));
    assert_eq!(role.grants.keys(), ["invite:create", "user:read"]);
    // Unticked policies are removed, and policies that were not in the form stay.
    browser.post(&path, &[shown[0], shown[2]]).await.leads_to(&format!("{path}?done=saved"));
    let role = site.flows.rbac().retrieve_rbac_role(&id).await.unwrap();
    assert_eq!(role.grants.keys(), ["invite:create"]);
    site.create_user("grace@example.com", Some(vec![id.clone()])).await;
    browser.get(&path).await.shows("grace@example.com");
    browser.get(&format!("{path}/delete")).await.is(200).shows("<strong>1</strong>");
    browser.post(&format!("{path}/delete"), &[]).await.leads_to("/app/roles?done=role-deleted");
    browser.get(&path).await.is(404);
}

/// security.md 5
async fn policies_that_cannot_be_granted_are_shown_disabled(site: Site) {
    let support = site.role("Support", &["invite:create", "user:read"]).await;
    let path = format!("/app/roles/{support}");
    let browser = site.limited(&["rbac_role:read", "rbac_role:update", "user:read", "invite:create"]).await;
    let page = browser.get(&path).await;
    let input = |key: &str| {
        let end = page.text.find(&format!("aria-label=\"{key}\"")).unwrap();
        let start = page.text[..end].rfind("<input").unwrap();
        page.text[start..].split('>').next().unwrap().to_owned()
    };
    for key in ["invite:create", "user:read"] {
        assert!(input(key).contains("checked") && !input(key).contains("disabled"), "{}", input(key));
    }
    assert!(input("api_key:create").contains("disabled"));
    let policy = input("api_key:create").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let refused = browser.post(&path, &[("name", "Support"), ("policy", &policy)]).await;
    refused.is(403).shows("you lack api_key:create");
    let role = site.flows.rbac().retrieve_rbac_role(&support).await.unwrap();
    assert_eq!(role.grants.keys(), ["invite:create", "user:read"]);
    browser.get("/app/roles/role_super_admin").await.is(200).hides("/delete");
}

/// security.md 38
async fn a_role_with_more_permissions_is_read_only(site: Site) {
    let auditors = site.role("Auditors", &["user:read", "audit:read"]).await;
    let browser = site.limited(&["rbac_role:read", "rbac_role:update", "rbac_role:delete", "user:read"]).await;
    let path = format!("/app/roles/{auditors}");
    let page = browser.get(&path).await;
    page.is(200).shows("more than you are allowed to do").shows("readonly").hides("/delete").hides("button primary");
    browser.post(&path, &[("name", "Mine")]).await.is(403).shows("you lack audit:read");
    browser.post(&format!("{path}/delete"), &[]).await.is(403).shows("you lack audit:read");
    assert_eq!(site.flows.rbac().retrieve_rbac_role(&auditors).await.unwrap().name, "Auditors");
}

async fn a_role_cannot_be_its_own_ancestor(site: Site) {
    let (one, two) = (site.role("One", &["user:read"]).await, site.role("Two", &[]).await);
    let (one_text, two_text) = (one.to_string(), two.to_string());
    let browser = site.admin().await;
    let path = format!("/app/roles/{two}");
    let fields = [("name", "Two"), ("shown_parent", one_text.as_str()), ("parent", one_text.as_str())];
    browser.post(&path, &fields).await.leads_to(&format!("{path}?done=saved"));
    browser.get(&path).await.shows("Inherited from a parent");
    let fields = [("name", "One"), ("shown_parent", two_text.as_str()), ("parent", two_text.as_str())];
    browser.post(&format!("/app/roles/{one}"), &fields).await.is(400).shows("inherit from itself");
}
