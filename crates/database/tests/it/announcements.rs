//! Commits are announced: at once in the process, and to others.

use std::time::Duration;

use vestibule_database::{Announcements, Database};
use vestibule_testing::on_both_engines;

use crate::support::{PATIENCE, Tables, attempt, mark_within};

on_both_engines!(
    an_announcing_commit_is_received,
    uncommitted_work_is_not_announced,
    nothing_is_missed_between_two_looks,
    other_processes_receive_it,
    a_process_announces_before_it_ends,
);

async fn announce(database: &Database, number: i64) {
    attempt!(database, |transaction| {
        transaction.announce();
        mark_within(transaction, number).await
    })
    .unwrap();
}

async fn received(announcements: &mut Announcements) {
    tokio::time::timeout(PATIENCE, announcements.next()).await.expect("nothing was received");
}

async fn is_silent(announcements: &mut Announcements) -> bool {
    tokio::time::timeout(Duration::ZERO, announcements.next()).await.is_err()
}

async fn an_announcing_commit_is_received(Tables { database, .. }: Tables) {
    let mut announcements = database.clone().announcements();
    assert!(is_silent(&mut announcements).await);
    announce(&database, 1).await;
    received(&mut announcements).await;
    assert!(is_silent(&mut announcements).await);
}

async fn uncommitted_work_is_not_announced(Tables { database, .. }: Tables) {
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
    received(&mut announcements).await;
    announce(&database, 2).await;
    announce(&database, 3).await;
    received(&mut announcements).await;
    assert!(is_silent(&mut announcements).await);
}

/// Announces by one handle until another one, in the place of another process, has received it: before it listens it
/// receives nothing.
async fn until_received(one: &Database, other: &mut Announcements, pass_on: impl AsyncFn()) {
    for number in 1.. {
        announce(one, number).await;
        pass_on().await;
        if tokio::time::timeout(Duration::from_millis(200), other.next()).await.is_ok() {
            return;
        }
    }
}

async fn other_processes_receive_it(Tables { database: one, place }: Tables) {
    let other = place.open().await;
    let mut announcements = other.announcements();
    tokio::select! {
        () = one.exchange_announcements() => {}
        () = other.exchange_announcements() => {}
        received = tokio::time::timeout(PATIENCE, until_received(&one, &mut announcements, async || {})) => received.unwrap(),
    }
}

async fn a_process_announces_before_it_ends(Tables { database: one, place }: Tables) {
    let other = place.open().await;
    let mut announcements = other.announcements();
    let pass_on = async || one.pass_on_announcements().await.unwrap();
    tokio::select! {
        () = other.exchange_announcements() => {}
        received = tokio::time::timeout(PATIENCE, until_received(&one, &mut announcements, pass_on)) => received.unwrap(),
    }
}
