//! Roles and what they hold change whole, or not at all.

use vestibule_core::Field as _;
use vestibule_core::{Count, FindConfig};
use vestibule_flows::{Context, UserQuery, UserState};
use vestibule_rbac::{PolicyField, PolicyId, RoleId, UpdateRole};
use vestibule_testing::on_both_engines;
use vestibule_user::UserId;

use crate::support::{ADA, BOB, ROOT, Site};

on_both_engines!(
    a_users_roles_change_whole_or_not_at_all,
    a_role_changes_whole_or_not_at_all,
    users_of_a_role_are_counted_as_they_are_listed
);

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

async fn users_of_a_role_are_counted_as_they_are_listed(site: Site) {
    site.user(ROOT).await;
    let (readers, others) =
        (site.role_of("Readers", &["user:read"]).await, site.role_of("Others", &["user:read"]).await);
    let mut users = Vec::new();
    for number in 0..5 {
        let roles = if number < 3 { vec![readers.clone(), others.clone()] } else { vec![readers.clone()] };
        users.push(site.user_with(&format!("u{number}@example.com"), roles).await.id);
    }
    // An invite with the role is none of its users.
    let invited = site.invite("invited@example.com").await;
    site.flows.rbac().assign_roles(&invited.id.to_string(), std::slice::from_ref(&readers)).await.unwrap();
    // How many users the page lists, and how many it says there are where it shows one.
    let summaries = async |query: &UserQuery| {
        let page = async |take| {
            let find = FindConfig::default().page(0, take);
            site.flows.list_page_of_user_summaries(query, &find).await.unwrap()
        };
        (page(50).await.rows.len() as u64, page(1).await.count)
    };
    let agree = async |step: &str| {
        let all = site.flows.count_holders_of_roles().await.unwrap();
        let mut counts = Vec::new();
        for role in [&readers, &others] {
            let (listed, count) = site.flows.list_and_count_users_of_role(role, None, 0, 50).await.unwrap();
            assert_eq!(listed.len() as u64, count, "{step}");
            assert_eq!(all.get(role).copied().unwrap_or(0), count, "{step}");
            let find = FindConfig::default().page(0, 1);
            let page = site.flows.list_page_of_ids_of_users_of_role(role, None, &find).await.unwrap();
            assert_eq!(page.count, Some(Count::Exactly(count)), "{step}");
            let query = UserQuery { role: Some(role.clone()), ..UserQuery::default() };
            assert_eq!(summaries(&query).await, (count, Some(Count::Exactly(count))), "{step}");
            counts.push(count);
        }
        for state in [None, Some(UserState::Active), Some(UserState::Locked)] {
            let (listed, count) = summaries(&UserQuery { state, ..UserQuery::default() }).await;
            assert_eq!(count, Some(Count::Exactly(listed)), "{step} {state:?}");
        }
        assert_eq!(site.flows.wrong_counts().await.unwrap(), [], "{step}");
        counts
    };
    assert_eq!(agree("at first").await, [5, 3]);
    site.flows.remove_user_account(users[0], &Context::operator()).await.unwrap();
    site.flows.lock_user(users[1], &Context::operator()).await.unwrap();
    assert_eq!(agree("one removed, one locked").await, [4, 2]);
    site.flows.remove_roles(users[3], std::slice::from_ref(&readers), &Context::operator()).await.unwrap();
    assert_eq!(agree("one role taken").await, [3, 2]);
    // Counts that are not filled yet are read from the rows.
    let mut transaction = site.database.begin().await.unwrap();
    transaction.execute("DELETE FROM rbac_counts", &[]).await.unwrap();
    transaction.execute("DELETE FROM user_counts", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    let all = site.flows.count_holders_of_roles().await.unwrap();
    assert_eq!((all.get(&readers), all.get(&others)), (Some(&3), Some(&2)));
    site.flows.fill_counts().await.unwrap();
    assert_eq!(agree("filled").await, [3, 2]);
}
