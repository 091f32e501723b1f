//! The wire is cut, goes silent, or the server crashes: each is "not available", and recovers on its own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use vestibule_database::{Config, Database, Error};
use vestibule_testing::databases::on_postgres;
use vestibule_testing::polling::cancel_after;
use vestibule_testing::postgres::PrivateCluster;
use vestibule_testing::proxy::Proxy;

use crate::support::{MIGRATIONS, NO_MARKS, Tables, attempt, is_unavailable, mark, mark_within, marks, soon};

fn config(url: &str) -> Config {
    let mut config = Config::from_url(url).unwrap();
    config.max_connections = 2;
    config
}

/// Retries until it works, but not for longer than a recovery may take (security.md 34).
async fn works_within_ten_seconds(database: &Database, id: i64) {
    let worked = tokio::time::timeout(Duration::from_secs(10), async {
        while let Err(error) = mark(database, id).await {
            assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    worked.await.expect("it did not recover within ten seconds");
}

#[tokio::test]
async fn a_cut_wire_recovers() {
    on_postgres(async |Tables { database: direct, place }| {
        let (proxy, url) = Proxy::before(&place.url()).await;
        let database = Database::open(&config(&url)).await.unwrap();
        mark(&database, 1).await.unwrap();
        let mut transaction = database.begin().await.unwrap();
        mark_within(&mut transaction, 2).await.unwrap();
        proxy.cut();
        assert!(is_unavailable(&soon(mark_within(&mut transaction, 3)).await));
        drop(transaction);
        assert!(is_unavailable(&soon(mark(&database, 4)).await));
        assert!(is_unavailable(&soon(database.ping()).await));
        proxy.mend();
        works_within_ten_seconds(&database, 5).await;
        assert_eq!(marks(&direct).await, [1, 5]);
    })
    .await;
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for_for_ever() {
    on_postgres(async |Tables { database: direct, place }| {
        let (proxy, url) = Proxy::before(&place.url()).await;
        let mut config = config(&url);
        (config.statement_timeout, config.connect_timeout) = (Duration::from_secs(1), Duration::from_secs(2));
        let database = Database::open(&config).await.unwrap();
        mark(&database, 1).await.unwrap();
        proxy.silence();
        let (read, written) = soon(async { tokio::join!(database.ping(), mark(&database, 2)) }).await;
        assert!(is_unavailable(&read) && is_unavailable(&written), "{read:?} {written:?}");
        proxy.mend();
        works_within_ten_seconds(&database, 3).await;
        // The statement in flight may have arrived after all, but it was never committed.
        assert_eq!(marks(&direct).await, [1, 3]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crashed_server_comes_back_with_all_that_was_promised() {
    let mut cluster = PrivateCluster::start().await;
    let database = Database::open(&config(&cluster.url())).await.unwrap();
    database.migrate(&[MIGRATIONS]).await.unwrap();
    let promised = Arc::new(Mutex::new(Vec::new()));
    let load = tokio::spawn({
        let (database, promised) = (database.clone(), Arc::clone(&promised));
        async move {
            for id in 0.. {
                match mark(&database, id).await {
                    Ok(()) => promised.lock().unwrap().push(id),
                    Err(error) => {
                        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
            }
        }
    });
    let twenty_more = async || {
        let enough = promised.lock().unwrap().len() + 20;
        while promised.lock().unwrap().len() < enough {
            assert!(!load.is_finished(), "a failure was no \"not available\"");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    for id in [-1, -2] {
        soon(twenty_more()).await;
        cluster.kill();
        assert!(is_unavailable(&soon(mark(&database, -100)).await));
        cluster.start_again().await;
        works_within_ten_seconds(&database, id).await;
    }
    soon(twenty_more()).await;
    load.abort();
    drop(load.await);
    let there = marks(&database).await;
    assert!(promised.lock().unwrap().iter().all(|id| there.contains(id)));
}

/// A request that is cancelled while the server works on its statement: the connection is in use until then, and clean
/// after it.
#[tokio::test]
async fn a_connection_whose_caller_went_away_is_clean() {
    on_postgres(async |Tables { place, .. }| {
        let mut config = config(&place.url());
        config.max_connections = 1;
        let database = Database::open(&config).await.unwrap();
        let given_up = tokio::time::timeout(Duration::from_millis(100), async {
            attempt!(database, |transaction| {
                mark_within(transaction, 1).await?;
                transaction.query::<()>("SELECT pg_sleep(1)", &[]).await
            })
        });
        assert!(given_up.await.is_err());
        assert_eq!(soon(marks(&database)).await, NO_MARKS);
        assert!(cancel_after(1, database.query::<()>("SELECT pg_sleep(1)", &[])).await.is_none());
        soon(mark(&database, 1)).await.unwrap();
    })
    .await;
}

/// How a server ends.
#[derive(Clone, Copy)]
enum Crash {
    Server,
    /// One of its processes: the server then ends all others and recovers, without a start.
    Backend,
}

/// A transaction that wrote nothing durable has a number, which the next one gets after a crash: the snapshot then has the text of
/// an earlier one and shows more.
async fn no_earlier_version_comes_again(crash: Crash) {
    const NUMBERS: i64 = 20;
    // Otherwise the numbers become durable a moment later: by the WAL writer, or for standbys.
    let settings = ["wal_writer_delay=10s", "autovacuum=off", "wal_level=minimal", "max_wal_senders=0"];
    let mut cluster = PrivateCluster::start_with(&settings).await;
    let database = Database::open(&config(&cluster.url())).await.unwrap();
    database.migrate(&[MIGRATIONS]).await.unwrap();
    mark(&database, 0).await.unwrap();
    let snapshot =
        async || -> String { database.query_scalar("SELECT pg_current_snapshot()::text", &[]).await.unwrap() };
    let (mut versions, mut snapshots) = (Vec::new(), Vec::new());
    for _ in 0..NUMBERS {
        let mut transaction = database.begin().await.unwrap();
        transaction.query::<()>("SELECT pg_current_xact_id()", &[]).await.unwrap();
        transaction.rollback().await.unwrap();
        versions.push(database.version().await.unwrap());
        snapshots.push(snapshot().await);
    }
    match crash {
        Crash::Server => {
            cluster.kill();
            cluster.start_again().await;
        }
        Crash::Backend => {
            let process: i64 = database.query_scalar("SELECT pg_backend_pid()::bigint", &[]).await.unwrap();
            let killed = std::process::Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap();
            assert!(killed.success());
        }
    }
    works_within_ten_seconds(&database, 1).await;
    let mut is_there_again = false;
    for id in 2..=NUMBERS {
        mark(&database, id).await.unwrap();
        is_there_again |= snapshots.contains(&snapshot().await);
        assert!(!versions.contains(&database.version().await.unwrap()), "the version of {id} marks was that of one");
    }
    assert!(is_there_again, "the numbers were not given again, so this shows nothing");
}

#[tokio::test]
async fn no_version_comes_again_after_a_crash_of_the_server() {
    no_earlier_version_comes_again(Crash::Server).await;
}

#[tokio::test]
async fn no_version_comes_again_after_a_crash_of_a_backend() {
    no_earlier_version_comes_again(Crash::Backend).await;
}
