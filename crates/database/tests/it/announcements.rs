//! What was committed is heard of: at once in the process, and by the others.

use std::time::Duration;

use vestibule_database::{Announcements, Database};
use vestibule_testing::on_both_engines;

use crate::support::{PATIENCE, Tables, attempt, mark_within};

on_both_engines!(
    a_commit_that_announces_is_heard,
    what_was_not_committed_is_not_heard,
    nothing_is_missed_between_two_looks,
    other_processes_hear_it,
    a_process_that_ends_soon_tells_before,
);

async fn announce(database: &Database, number: i64) {
    attempt!(database, |transaction| {
        transaction.announce();
        mark_within(transaction, number).await
    })
    .unwrap();
}

async fn heard(announcements: &mut Announcements) {
    tokio::time::timeout(PATIENCE, announcements.next()).await.expect("nothing was heard");
}

async fn is_silent(announcements: &mut Announcements) -> bool {
    tokio::time::timeout(Duration::ZERO, announcements.next()).await.is_err()
}

async fn a_commit_that_announces_is_heard(Tables { database, .. }: Tables) {
    let mut announcements = database.clone().announcements();
    assert!(is_silent(&mut announcements).await);
    announce(&database, 1).await;
    heard(&mut announcements).await;
    assert!(is_silent(&mut announcements).await);
}

async fn what_was_not_committed_is_not_heard(Tables { database, .. }: Tables) {
    let mut announcements = database.announcements();
    let mut transaction = database.begin().await.unwrap();
    transaction.announce();
    transaction.rollback().await.unwrap();
    let failed = attempt!(database, |transaction| {
        transaction.announce();
        transaction.query::<()>("SELECT nothing FROM nowhere", &[]).await
    });
    assert!(failed.is_err());
    attempt!(database, |transaction| mark_within(transaction, 1).await).unwrap();
    assert!(is_silent(&mut announcements).await);
}

async fn nothing_is_missed_between_two_looks(Tables { database, .. }: Tables) {
    let mut announcements = database.announcements();
    announce(&database, 1).await;
    heard(&mut announcements).await;
    announce(&database, 2).await;
    announce(&database, 3).await;
    heard(&mut announcements).await;
    assert!(is_silent(&mut announcements).await);
}

/// Announces by one handle until another one, in the place of another process, has heard it: before it listens it
/// hears nothing.
async fn until_heard(one: &Database, other: &mut Announcements, tell: impl AsyncFn()) {
    for number in 1.. {
        announce(one, number).await;
        tell().await;
        if tokio::time::timeout(Duration::from_millis(200), other.next()).await.is_ok() {
            return;
        }
    }
}

async fn other_processes_hear_it(Tables { database: one, place }: Tables) {
    let other = place.open().await;
    let mut announcements = other.announcements();
    tokio::select! {
        () = one.exchange_announcements() => {}
        () = other.exchange_announcements() => {}
        heard = tokio::time::timeout(PATIENCE, until_heard(&one, &mut announcements, async || {})) => heard.unwrap(),
    }
}

async fn a_process_that_ends_soon_tells_before(Tables { database: one, place }: Tables) {
    let other = place.open().await;
    let mut announcements = other.announcements();
    let tell = async || one.pass_on_announcements().await.unwrap();
    tokio::select! {
        () = other.exchange_announcements() => {}
        heard = tokio::time::timeout(PATIENCE, until_heard(&one, &mut announcements, tell)) => heard.unwrap(),
    }
}
