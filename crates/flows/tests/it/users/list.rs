//! Listing users with their details.

use vestibule_core::{Before, Count, Counting, Cursor, Direction, Filter, FindConfig, Value};
use vestibule_database::values;
use vestibule_flows::{Context, LastSeen, SignInMethod, UserOrder, UserQuery, UserState, UserSummary};
use vestibule_testing::clock::START;
use vestibule_testing::{assert_reads_index, on_both_engines};
use vestibule_user::{MIGRATIONS, User, UserField};

use crate::support::{ADA, BOB, PASSWORD, Site, account, password};

on_both_engines!(
    users_are_listed_with_roles_and_last_use,
    users_are_found_by_text_role_and_state,
    users_are_found_by_when_they_joined_and_were_last_seen,
    the_users_of_a_common_role_are_the_same_as_those_of_a_rare_one,
    every_order_reads_an_index_from_the_place_of_the_page,
);

fn page(order: (UserOrder, Direction)) -> FindConfig<UserOrder> {
    FindConfig::default().page(0, 50).order_by(order.0, order.1)
}

impl Site {
    async fn list(&self, query: &UserQuery) -> Vec<UserSummary> {
        let page = self.flows.list_page_of_user_summaries(query, &page(UserOrder::NEWEST_FIRST)).await.unwrap();
        assert_eq!(page.count, Some(Count::Exactly(page.rows.len() as u64)));
        page.rows
    }
}

async fn users_are_listed_with_roles_and_last_use(site: Site) {
    let ada =
        site.flows.create_user_account(&account(ADA, password(PASSWORD)), &Context::operator()).await.unwrap().user;
    site.clock.advance(crate::support::HOUR);
    let mut bob = account(BOB, SignInMethod::None);
    bob.roles = Some(vec![]);
    let bob = site.flows.create_user_account(&bob, &Context::operator()).await.unwrap().user;
    site.sign_in(ADA, PASSWORD).await.unwrap();
    let users = site.list(&UserQuery::default()).await;
    assert_eq!(users.len(), 2);
    assert_eq!((users[0].user.clone(), users[0].roles.len(), users[0].last_seen_at), (bob, 0, None));
    let begun = site.flows.environment().now();
    let ada = User { last_seen_at: Some(begun), ..ada };
    assert_eq!((users[1].user.clone(), users[1].has_second_factor), (ada, false));
    assert_eq!(users[1].roles.iter().map(ToString::to_string).collect::<Vec<_>>(), ["role_super_admin"]);
    assert_eq!(users[1].last_seen_at, Some(begun));
    let first = FindConfig { take: Some(1), ..page(UserOrder::NEWEST_FIRST) };
    let first = site.flows.list_page_of_user_summaries(&UserQuery::default(), &first).await.unwrap();
    assert_eq!((&first.rows[..], first.count, first.previous), (&users[..1], Some(Count::Exactly(2)), None));
    let second = FindConfig { after: first.next, counting: Counting::None, ..page(UserOrder::NEWEST_FIRST) };
    let second = site.flows.list_page_of_user_summaries(&UserQuery::default(), &second).await.unwrap();
    assert_eq!((&second.rows[..], second.count, second.next), (&users[1..], None, None));
    let back = FindConfig { before: second.previous.map(Before::Row), ..page(UserOrder::NEWEST_FIRST) };
    let back = site.flows.list_page_of_user_summaries(&UserQuery::default(), &back).await.unwrap();
    assert_eq!(back.rows, users[..1]);
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
    let found = async |query: UserQuery, order| {
        let page = site.flows.list_page_of_user_summaries(&query, &page(order)).await.unwrap();
        page.rows.iter().map(|summary| summary.user.email.to_string()).collect::<Vec<_>>().join(" ")
    };
    let by_text = |text: &str| UserQuery { filter: Filter::Search(text.to_owned()), ..UserQuery::default() };
    for (text, whom) in
        [("ADA", ADA), ("_", BOB), ("%", BOB), ("\\", "carol@example.com"), ("none", ""), ("  bob ", BOB)]
    {
        assert_eq!(found(by_text(text), UserOrder::NEWEST_FIRST).await, whom, "{text}");
    }
    let admins = UserQuery { role: Some("role_super_admin".parse().unwrap()), ..UserQuery::default() };
    assert_eq!(found(admins, UserOrder::NEWEST_FIRST).await, ADA);
    let bob = site.list(&by_text("bob")).await[0].user.id;
    site.flows.lock_user(bob, &Context::operator()).await.unwrap();
    let state = |state| UserQuery { state: Some(state), ..UserQuery::default() };
    let by_email = UserOrder::BY_EMAIL;
    assert_eq!(found(state(UserState::Locked), by_email).await, BOB);
    assert_eq!(found(state(UserState::Active), by_email).await, format!("{ADA} carol@example.com"));
    assert_eq!(found(state(UserState::WithoutSecondFactor), by_email).await, format!("{ADA} {BOB} carol@example.com"));
    let carol = "carol@example.com";
    for (order, whom) in [(UserOrder::BY_NAME, ADA), (UserOrder::OLDEST_FIRST, ADA), (UserOrder::NEWEST_FIRST, carol)] {
        assert!(found(UserQuery::default(), order).await.starts_with(whom), "{order:?}");
    }
}

async fn users_are_found_by_when_they_joined_and_were_last_seen(site: Site) {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
    for (email, method) in
        [(ADA, password(PASSWORD)), (BOB, SignInMethod::None), ("carol@example.com", password(PASSWORD))]
    {
        site.flows.create_user_account(&account(email, method), &Context::operator()).await.unwrap();
        site.clock.advance(DAY * 10);
    }
    site.sign_in(ADA, PASSWORD).await.unwrap();
    site.clock.advance(DAY * 10);
    site.sign_in("carol@example.com", PASSWORD).await.unwrap();
    let ago = |days: u32| site.flows.environment().now() - DAY * days;
    let orders = [UserOrder::NEWEST_FIRST, UserOrder::LAST_SEEN_FIRST, UserOrder::BY_EMAIL];
    for (joined_since, last_seen, whom) in [
        (Some(ago(40)), None, vec![ADA, BOB, "carol@example.com"]),
        (Some(ago(35)), None, vec![BOB, "carol@example.com"]),
        (Some(ago(1)), None, vec![]),
        (None, Some(LastSeen::Since(ago(5))), vec!["carol@example.com"]),
        (None, Some(LastSeen::Since(ago(10))), vec![ADA, "carol@example.com"]),
        (None, Some(LastSeen::NotSince(ago(5))), vec![ADA, BOB]),
        (None, Some(LastSeen::NotSince(ago(35))), vec![]),
        (None, Some(LastSeen::Never), vec![BOB]),
        (Some(ago(25)), Some(LastSeen::Since(ago(15))), vec!["carol@example.com"]),
        (Some(ago(25)), Some(LastSeen::Never), vec![]),
    ] {
        let query = UserQuery { joined_since, last_seen, ..UserQuery::default() };
        for order in orders {
            let page = site.flows.list_page_of_user_summaries(&query, &page(order)).await.unwrap();
            assert_eq!(page.count, Some(Count::Exactly(whom.len() as u64)), "{query:?} {order:?}");
            let mut found: Vec<String> = page.rows.iter().map(|summary| summary.user.email.to_string()).collect();
            found.sort();
            assert_eq!(found, whom, "{query:?} {order:?}");
        }
    }
}

/// Users of whom every third has no names, as many as make an index worth its while.
async fn fill(site: &Site) {
    let text =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
        INSERT INTO users (id, email, email_canonical, first_name, last_name, locked_at, has_second_factor, last_seen_at, search_text, created_at, updated_at)
        SELECT 'user_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'u' || number || '@x.test', 'u' || number || '@x.test',
            CASE WHEN number % 3 > 0 THEN 'First ' || (number % 997) END,
            CASE WHEN number % 3 > 0 THEN 'Last ' || (number % 991) END,
            CASE WHEN number % 50 = 0 THEN CAST($1 AS timestamptz) END, number % 50 <> 1, CASE WHEN number % 50 <> 2 THEN CAST($1 AS timestamptz) END, ' u' || number, $1, $1
        FROM numbers";
    let mut transaction = site.flows.database().begin().await.unwrap();
    transaction.execute(text, values![START]).await.unwrap();
    transaction.execute("ANALYZE", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    site.flows.database().build_indexes(&[MIGRATIONS]).await.unwrap();
}

async fn the_users_of_a_common_role_are_the_same_as_those_of_a_rare_one(site: Site) {
    fill(&site).await;
    let role = site.flows.rbac().create_rbac_roles(vestibule_rbac::CreateRole::new("Common")).await.unwrap().id;
    let assign = "INSERT INTO rbac_assignments (subject_id, role_id, created_at)
                  SELECT id, $1, created_at FROM users WHERE id LIKE 'user_7ZZZ%' AND id < $2";
    let query = UserQuery { role: Some(role.clone()), ..UserQuery::default() };
    for holders in [100_u64, 18_999] {
        let below = format!("user_7ZZZZZZZZZZZZZZZZZZZZ{}", 10_001 + holders);
        let mut transaction = site.flows.database().begin().await.unwrap();
        transaction.execute("DELETE FROM rbac_assignments", &[]).await.unwrap();
        transaction.execute(assign, values![&role, below.as_str()]).await.unwrap();
        transaction.commit().await.unwrap();
        let oldest = page(UserOrder::OLDEST_FIRST);
        let page = site.flows.list_page_of_user_summaries(&query, &oldest).await.unwrap();
        let ids: Vec<String> = page.rows.iter().map(|row| row.user.id.to_string()).collect();
        let expected: Vec<String> =
            (10_001..10_051).map(|number| format!("user_7ZZZZZZZZZZZZZZZZZZZZ{number}")).collect();
        assert_eq!(ids, expected, "{below}");
        assert_eq!(page.count, Some(Count::Exactly(holders)));
    }
}

async fn every_order_reads_an_index_from_the_place_of_the_page(site: Site) {
    fill(&site).await;
    let id = "user_7ZZZZZZZZZZZZZZZZZZZZ15000";
    for (order, value, index) in [
        (UserOrder::NEWEST_FIRST, Value::from(START), "users_created_at"),
        (UserOrder::OLDEST_FIRST, START.into(), "users_created_at"),
        (UserOrder::BY_NAME, "first 5 last 7".into(), "users_name"),
        (UserOrder::BY_EMAIL, "u5@x.test".into(), "users_email_canonical"),
    ] {
        let row = Cursor::new(vec![value], id);
        let places = [
            page(order),
            FindConfig { after: Some(row.clone()), ..page(order) },
            FindConfig { before: Some(Before::Row(row)), ..page(order) },
            FindConfig { before: Some(Before::End), ..page(order) },
        ];
        for find in places {
            let plan_of =
                async |query: UserQuery| site.flows.explain_page_of_user_summaries(&query, &find).await.unwrap();
            let plan = async |state| plan_of(UserQuery { state, ..UserQuery::default() }).await;
            check(&site, &plan(None).await, index, &find);
            check(&site, &plan(Some(UserState::Active)).await, index, &find);
            if order.0 == UserOrder::Field(UserField::CreatedAt) {
                check(&site, &plan(Some(UserState::Locked)).await, "users_locked", &find);
                let plan = plan(Some(UserState::WithoutSecondFactor)).await;
                check(&site, &plan, "users_without_second_factor", &find);
                let plan = plan_of(UserQuery { last_seen: Some(LastSeen::Never), ..UserQuery::default() }).await;
                check(&site, &plan, "users_never_seen", &find);
                let plan = plan_of(UserQuery { joined_since: Some(START), ..UserQuery::default() }).await;
                check(&site, &plan, "users_created_at", &find);
            }
        }
    }
}

fn check(site: &Site, plan: &[String], index: &str, find: &FindConfig<UserOrder>) {
    let engine = site.flows.database().engine();
    assert_reads_index(engine, plan, index, find.cursor().is_some(), &format!("{find:?}"));
}
