//! Counts are those of the rows, whatever is written, by however many writers, and by older builds.

mod plans;
mod property;
mod upgrade;
mod writers;

use vestibule_core::{Condition, Count, Field, Filter, FindConfig, Timestamp, Value};
use vestibule_database::{Database, Error, transaction};
use vestibule_user::{COUNTS, InviteField, InviteState, UserField, UserModule};

use crate::support::Module;

/// What lists count: a name for messages, and the number.
type Numbers = Vec<(String, u64)>;

/// The numbers that lists show without reading rows, for each filter of which the count is kept, at this time.
async fn kept(service: &UserModule, now: Timestamp) -> Numbers {
    let mut numbers = Numbers::new();
    for (name, filter) in filters_of_users() {
        for with_deleted in [false, true] {
            let find = FindConfig { with_deleted, ..FindConfig::default().page(0, 0) };
            let page = service.list_page_of_users(&filter, &find).await.unwrap();
            numbers.push((format!("users {name} {with_deleted}"), exactly(page.count)));
        }
    }
    for (name, filter) in filters_of_invites(now) {
        for with_deleted in [false, true] {
            let find = FindConfig { with_deleted, ..FindConfig::default().page(0, 0) };
            let page = service.list_page_of_invite_ids(&filter, &find).await.unwrap();
            numbers.push((format!("invites {name} {with_deleted}"), exactly(page.count)));
        }
    }
    numbers
}

/// The same numbers, of the rows themselves.
async fn present(service: &UserModule, now: Timestamp) -> Numbers {
    let mut numbers = Numbers::new();
    for (name, filter) in filters_of_users() {
        for with_deleted in [false, true] {
            let find = FindConfig { with_deleted, ..FindConfig::default() };
            let users = service.list_users(&filter, &find).await.unwrap();
            numbers.push((format!("users {name} {with_deleted}"), users.len().try_into().unwrap()));
        }
    }
    for (name, filter) in filters_of_invites(now) {
        for with_deleted in [false, true] {
            let find = FindConfig { with_deleted, ..FindConfig::default() };
            let invites = service.list_invites(&filter, &find).await.unwrap();
            numbers.push((format!("invites {name} {with_deleted}"), invites.len().try_into().unwrap()));
        }
    }
    numbers
}

fn filters_of_users() -> Vec<(&'static str, Filter<UserField>)> {
    vec![
        ("all", Filter::everything()),
        ("active", UserField::LockedAt.eq(Value::Null)),
        ("locked", UserField::LockedAt.is(Condition::Ne(Value::Null))),
        ("deleted", !UserField::DeletedAt.eq(Value::Null)),
    ]
}

fn filters_of_invites(now: Timestamp) -> Vec<(String, Filter<InviteField>)> {
    let mut filters = vec![
        ("all".to_owned(), Filter::everything()),
        // As the reference lists them.
        (
            "open".to_owned(),
            Filter::Any([InviteState::Pending, InviteState::Expired].map(|state| state.filter(now)).into()),
        ),
        ("in any state".to_owned(), Filter::Any(InviteState::ALL.map(|state| state.filter(now)).into())),
        ("pending or accepted".to_owned(), InviteState::Pending.filter(now).or(InviteState::Accepted.filter(now))),
    ];
    filters.extend(InviteState::ALL.map(|state| (state.to_string(), state.filter(now))));
    filters
}

fn exactly(count: Option<Count>) -> u64 {
    match count {
        Some(Count::Exactly(count)) => count,
        other => panic!("{other:?}"),
    }
}

/// Asserts that counts, and what lists show, are those of the rows at this time.
async fn agree(module: &Module, now: Timestamp) {
    assert_eq!(module.database.wrong_counts(&[COUNTS]).await.unwrap(), []);
    assert_eq!(kept(&module.service, now).await, present(&module.service, now).await, "at {now}");
}

/// Makes what PostgreSQL's processes have counted look ten minutes old, and folds it.
async fn fold(database: &Database) {
    age(database).await;
    database.fold_counts(&[COUNTS]).await.unwrap();
    let text = "SELECT count(*) FROM user_counts WHERE slot <> 0 OR (number = 0 AND slot = 0)";
    assert_eq!(database.query_scalar::<i64>(text, &[]).await.unwrap(), 0);
}

async fn age(database: &Database) {
    // Ten times 2^32.
    let text = "UPDATE user_counts SET slot = slot - 42949672960 WHERE slot <> 0";
    let aged: Result<u64, Error> =
        async { transaction!(database, |transaction| transaction.execute(text, &[]).await) }.await;
    aged.unwrap();
}
