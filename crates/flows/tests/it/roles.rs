//! Roles and what they hold change whole, or not at all.

use vestibule_core::Field as _;
use vestibule_core::FindConfig;
use vestibule_flows::Context;
use vestibule_rbac::{PolicyField, PolicyId, RoleId, UpdateRole};
use vestibule_testing::on_both_engines;
use vestibule_user::UserId;

use crate::support::{ADA, BOB, ROOT, Site};

on_both_engines!(a_users_roles_change_whole_or_not_at_all, a_role_changes_whole_or_not_at_all);

async fn roles_of(site: &Site, user: UserId) -> Vec<RoleId> {
    site.flows.rbac().role_ids_of(&site.database, &user.to_string()).await.unwrap()
}

/// security.md 5
async fn a_users_roles_change_whole_or_not_at_all(site: Site) {
    site.user(ROOT).await;
    let readers = site.role_of("Readers", &["user:read"]).await;
    let callers = [site.role_of("Callers", &["invite:read"]).await];
    let keepers = site.role_of("Keepers", &["user:read", "user:update", "rbac_role:update", "invite:read"]).await;
    let keeper = Context::user(site.user_with(ADA, vec![keepers]).await.id);
    let bob = site.user_with(BOB, vec![readers.clone()]).await.id;
    let change = async |given: &[RoleId], taken: &[RoleId]| site.flows.change_roles(bob, given, taken, &keeper).await;

    change(&callers, std::slice::from_ref(&readers)).await.unwrap();
    assert_eq!(roles_of(&site, bob).await, callers);
    // What the caller may not give spoils what they may take, and the other way round.
    let everything = RoleId::super_admin();
    assert!(change(std::slice::from_ref(&everything), &callers).await.is_err());
    assert_eq!(roles_of(&site, bob).await, callers);
    let unknown: RoleId = "role_nosuch".parse().unwrap();
    assert!(change(&[readers.clone(), unknown], &callers).await.is_err());
    assert_eq!(roles_of(&site, bob).await, callers);
    assert!(change(&[readers], &[everything]).await.is_err());
    assert_eq!(roles_of(&site, bob).await.len(), 1);
}

/// security.md 5
async fn a_role_changes_whole_or_not_at_all(site: Site) {
    site.user(ROOT).await;
    let policies = ["user:read", "rbac_role:update", "rbac_policy:update", "invite:read"];
    let keepers = site.role_of("Keepers", &policies).await;
    let keeper = Context::user(site.user_with(ADA, vec![keepers]).await.id);
    let role = site.role_of("Readers", &["user:read"]).await;
    let policy = async |key: &str| -> PolicyId {
        let filter = PolicyField::Key.eq(key);
        site.flows.rbac().list_rbac_policies(&filter, &FindConfig::default()).await.unwrap()[0].id.clone()
    };
    let (read, invites, delete) = (policy("user:read").await, policy("invite:read").await, policy("user:delete").await);
    let named = |name: &str| UpdateRole { name: Some(name.to_owned()), ..UpdateRole::new(role.clone()) };
    let now = async || {
        let role = site.flows.rbac().retrieve_rbac_role(&role).await.unwrap();
        (role.name, role.grants.keys().join(" "))
    };

    let change = async |name: &str, given: &[PolicyId], taken: &[PolicyId]| {
        site.flows.change_role(&named(name), given, taken, &keeper).await
    };
    change("Callers", std::slice::from_ref(&invites), std::slice::from_ref(&read)).await.unwrap();
    assert_eq!(now().await, ("Callers".to_owned(), "invite:read".to_owned()));
    assert!(change("Deleters", &[read, delete], &[invites]).await.is_err());
    assert_eq!(now().await, ("Callers".to_owned(), "invite:read".to_owned()));
}
