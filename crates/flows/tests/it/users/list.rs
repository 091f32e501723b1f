//! Listing users with their details.

use vestibule_flows::{Context, SignInMethod, UserOrder, UserQuery, UserState};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, BOB, PASSWORD, Site, account, password};

on_both_engines!(users_are_listed_with_roles_and_last_use, users_are_found_by_text_role_and_state);

fn query() -> UserQuery {
    UserQuery { take: 50, ..UserQuery::default() }
}

async fn users_are_listed_with_roles_and_last_use(site: Site) {
    let ada =
        site.flows.create_user_account(&account(ADA, password(PASSWORD)), &Context::operator()).await.unwrap().user;
    site.clock.advance(crate::support::HOUR);
    let mut bob = account(BOB, SignInMethod::None);
    bob.roles = Some(vec![]);
    let bob = site.flows.create_user_account(&bob, &Context::operator()).await.unwrap().user;
    site.sign_in(ADA, PASSWORD).await.unwrap();
    let (users, count) = site.flows.list_and_count_user_summaries(&query()).await.unwrap();
    assert_eq!((users.len(), count), (2, 2));
    assert_eq!((users[0].user.clone(), users[0].roles.len(), users[0].last_seen_at), (bob, 0, None));
    assert_eq!((users[1].user.clone(), users[1].has_second_factor), (ada, false));
    assert_eq!(users[1].roles.iter().map(ToString::to_string).collect::<Vec<_>>(), ["role_super_admin"]);
    let begun = site.flows.environment().now();
    assert_eq!(users[1].last_seen_at, Some(begun));
    let (page, count) =
        site.flows.list_and_count_user_summaries(&UserQuery { skip: 1, take: 1, ..query() }).await.unwrap();
    assert_eq!((page, count), (vec![users[1].clone()], 2));
}

async fn users_are_found_by_text_role_and_state(site: Site) {
    for (email, first, roles) in
        [(ADA, "Ada", None), (BOB, "B_b%", Some(vec![])), ("carol@example.com", "C\\arol", Some(vec![]))]
    {
        let mut account = account(email, SignInMethod::None);
        account.user.first_name = Some(first.to_owned());
        account.roles = roles;
        site.flows.create_user_account(&account, &Context::operator()).await.unwrap();
    }
    let found = async |query: UserQuery| {
        let (users, count) = site.flows.list_and_count_user_summaries(&query).await.unwrap();
        assert_eq!(users.len() as u64, count);
        users.iter().map(|summary| summary.user.email.to_string()).collect::<Vec<_>>().join(" ")
    };
    let by_text = |text: &str| UserQuery { search: Some(text.to_owned()), ..query() };
    for (text, whom) in
        [("ADA", ADA), ("_", BOB), ("%", BOB), ("\\", "carol@example.com"), ("none", ""), ("  bob ", BOB)]
    {
        assert_eq!(found(by_text(text)).await, whom, "{text}");
    }
    let admins = UserQuery { role: Some("role_super_admin".parse().unwrap()), ..query() };
    assert_eq!(found(admins).await, ADA);
    let bob = site.flows.list_and_count_user_summaries(&by_text("bob")).await.unwrap().0[0].user.id;
    site.flows.lock_user(bob, &Context::operator()).await.unwrap();
    let state = |state| UserQuery { state: Some(state), order: UserOrder::Email, ..query() };
    assert_eq!(found(state(UserState::Locked)).await, BOB);
    assert_eq!(found(state(UserState::Active)).await, format!("{ADA} carol@example.com"));
    assert_eq!(found(state(UserState::WithoutSecondFactor)).await, format!("{ADA} {BOB} carol@example.com"));
    for (order, whom) in [(UserOrder::Name, ADA), (UserOrder::Oldest, ADA), (UserOrder::Newest, "carol@example.com")] {
        assert!(found(UserQuery { order, ..query() }).await.starts_with(whom), "{order:?}");
    }
}
