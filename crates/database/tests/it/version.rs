//! While the version is the same, earlier reads still hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use tokio::task::JoinSet;
use tokio::time::Instant;
use vestibule_database::{Database, Version};
use vestibule_testing::on_both_engines;

use crate::support::{PATIENCE, Tables, attempt, mark, mark_within, marks, soon};

on_both_engines!(
    it_changes_with_each_commit,
    it_changes_with_the_commits_of_other_processes,
    it_stays_while_nothing_is_committed,
    a_valid_cache_never_lacks_acknowledged_work,
);

async fn it_changes_with_each_commit(Tables { database, .. }: Tables) {
    let mut before = database.version().await.unwrap();
    for id in 1..=5 {
        mark(&database, id).await.unwrap();
        let after = database.clone().version().await.unwrap();
        assert_ne!(after, before);
        before = after;
    }
    attempt!(database, |transaction| transaction.execute("DELETE FROM marks", &[]).await).unwrap();
    assert_ne!(database.version().await.unwrap(), before);
}

async fn it_changes_with_the_commits_of_other_processes(Tables { database, place }: Tables) {
    let other = place.open().await;
    let before = database.version().await.unwrap();
    mark(&other, 1).await.unwrap();
    assert_ne!(database.version().await.unwrap(), before);
}

/// On PostgreSQL other tests commit to the same cluster: between two of their commits it is the same.
async fn until_it_stays(database: &Database, work: impl AsyncFn()) -> Version {
    let began = Instant::now();
    loop {
        let before = database.version().await.unwrap();
        work().await;
        if database.version().await.unwrap() == before {
            return before;
        }
        assert!(began.elapsed() < PATIENCE, "it never stays");
    }
}

async fn it_stays_while_nothing_is_committed(Tables { database, .. }: Tables) {
    mark(&database, 1).await.unwrap();
    until_it_stays(&database, async || assert_eq!(marks(&database).await, [1])).await;

    let mut transaction = database.begin().await.unwrap();
    until_it_stays(&database, async || {}).await;
    mark_within(&mut transaction, 2).await.unwrap();
    let uncommitted = until_it_stays(&database, async || assert_eq!(marks(&database).await, [1])).await;
    transaction.commit().await.unwrap();
    assert_ne!(database.version().await.unwrap(), uncommitted);
}

/// A cached read, with the version that was read before it.
struct Cached {
    version: Version,
    count: u64,
}

async fn a_valid_cache_never_lacks_acknowledged_work(Tables { database, place }: Tables) {
    const WRITERS: i64 = 8;
    const EACH: i64 = 60;
    let other = place.open().await;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let database = if writer % 2 == 0 { database.clone() } else { other.clone() };
        let acknowledged = Arc::clone(&acknowledged);
        tasks.spawn(async move {
            for number in 0..EACH {
                mark(&database, writer * EACH + number).await.unwrap();
                acknowledged.fetch_add(1, SeqCst);
            }
        });
    }
    for _ in 0..2 {
        tasks.spawn(read_until(database.clone(), Arc::clone(&acknowledged), (WRITERS * EACH) as u64));
    }
    soon(async {
        while let Some(done) = tasks.join_next().await {
            done.unwrap()
        }
    })
    .await;
}

/// Reads the cache where it is valid, until all is acknowledged.
async fn read_until(database: Database, acknowledged: Arc<AtomicU64>, all: u64) {
    let mut cached: Option<Cached> = None;
    let mut was_of_use = false;
    loop {
        let due = acknowledged.load(SeqCst);
        let version = database.version().await.unwrap();
        match cached.as_ref().filter(|cached| cached.version == version) {
            Some(cached) => {
                was_of_use = true;
                assert!(cached.count >= due, "{} were cached where {due} were acknowledged", cached.count);
            }
            None => cached = Some(Cached { version, count: marks(&database).await.len() as u64 }),
        }
        if due == all && was_of_use {
            return;
        }
        tokio::task::yield_now().await;
    }
}
