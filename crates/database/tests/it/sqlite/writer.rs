//! Group commit: many callers, one write to the disk. Counted in the write-ahead log, not by the clock.

use std::path::Path;

use tokio::task::{JoinSet, yield_now};
use vestibule_database::{Database, Error};
use vestibule_testing::databases::on_sqlite;
use vestibule_testing::polling::cancel_after;

use crate::support::{Tables, attempt, is_unavailable, mark, mark_within, marks, named_within, soon, wal};

/// Lets every ready task run. On one thread that is exact: nothing else runs in the meantime.
async fn let_others_go_on() {
    for _ in 0..10 {
        yield_now().await;
    }
}

/// The results of these callers, queued up during another write, and how many commits they took.
async fn queued<F>(database: &Database, path: &Path, callers: impl IntoIterator<Item = F>) -> (Vec<F::Output>, usize)
where
    F: Future<Output: Send> + Send + 'static,
{
    let first = database.begin().await.unwrap();
    let mut tasks = JoinSet::new();
    let count = callers.into_iter().map(|caller| tasks.spawn(caller)).count();
    let_others_go_on().await;
    let before = wal::commits(path);
    assert_eq!(tasks.len(), count, "a caller wrote at the same time as another");
    // In the same group, so it may share the failure of a test.
    drop(first.commit().await);
    (soon(tasks.join_all()).await, wal::commits(path) - before)
}

#[tokio::test]
async fn one_alone_is_committed_at_once() {
    on_sqlite(async |Tables { database, place }| {
        let before = wal::commits(&place.path());
        for id in 1..=20 {
            // No other caller could cause a commit: if it waited for company, this would not end.
            soon(mark(&database, id)).await.unwrap();
            assert_eq!(wal::commits(&place.path()) - before, id as usize, "and the commit is on disk by then");
        }
    })
    .await;
}

#[tokio::test]
async fn many_are_committed_together() {
    on_sqlite(async |Tables { database, place }| {
        let callers = (0..64).map(|id| {
            let database = database.clone();
            async move { mark(&database, id).await }
        });
        let (results, commits) = queued(&database, &place.path(), callers).await;
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(commits, 1, "64 callers, one write to the disk");
        assert_eq!(marks(&place.open().await).await, (0..64).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_writers_loses_nothing() {
    on_sqlite(async |Tables { database, place }| {
        let before = wal::commits(&place.path());
        let mut tasks = JoinSet::new();
        for writer in 0..64 {
            let database = database.clone();
            tasks.spawn(async move {
                for round in 0..5 {
                    mark(&database, 5 * writer + round).await.unwrap();
                }
            });
        }
        soon(tasks.join_all()).await;
        assert_eq!(marks(&place.open().await).await.len(), 320);
        let commits = wal::commits(&place.path()) - before;
        assert!(commits < 320, "{commits} commits: none was shared");
    })
    .await;
}

/// One in three fails, one in three drops its work, and one in three is kept.
#[tokio::test]
async fn a_failed_caller_affects_no_other() {
    on_sqlite(async |Tables { database, place }| {
        attempt!(database, |transaction| named_within(transaction, -1, Some("taken")).await).unwrap();
        let callers = (0..60).map(|id| {
            let database = database.clone();
            async move {
                attempt!(database, |transaction| {
                    mark_within(transaction, id).await?;
                    match id % 3 {
                        0 => Ok(()),
                        1 => named_within(transaction, 1_000 + id, Some("taken")).await,
                        _ => Err(Error::Other("changed my mind".into())),
                    }
                })
                .map(|()| id)
            }
        });
        let (results, commits) = queued(&database, &place.path(), callers).await;
        let expected: Vec<i64> = (0..60).filter(|id| id % 3 == 0).collect();
        assert_eq!(results.into_iter().flatten().collect::<Vec<_>>().len(), 20);
        assert_eq!(commits, 1);
        let there = marks(&place.open().await).await;
        assert_eq!(there[1..], expected);
    })
    .await;
}

/// A constraint that SQLite checks as late as at COMMIT makes the outer commit fail.
#[tokio::test]
async fn a_failed_commit_fails_its_callers_and_no_later_one() {
    on_sqlite(async |Tables { database, place }| {
        let callers = (0..10).map(|id| {
            let database = database.clone();
            async move {
                attempt!(database, |transaction| {
                    mark_within(transaction, id).await?;
                    if id == 5 {
                        let orphan = "INSERT INTO children (id, late_parent) VALUES (1, 99)";
                        transaction.execute(orphan, &[]).await?;
                    }
                    Ok(())
                })
            }
        });
        let (results, commits) = queued(&database, &place.path(), callers).await;
        assert!(results.iter().all(is_unavailable), "{results:?}");
        assert_eq!((commits, marks(&database).await), (0, vec![]));
        soon(mark(&database, 11)).await.unwrap();
        assert_eq!(marks(&place.open().await).await, [11]);
    })
    .await;
}

/// Some failures (a full disk) make SQLite roll back everything on its own, also what others wait to have committed.
#[tokio::test]
async fn a_rollback_by_sqlite_fails_all_waiting_callers() {
    on_sqlite(async |Tables { database, place }| {
        mark(&database, 1).await.unwrap();
        let callers = (10..20).map(|id| {
            let database = database.clone();
            async move {
                attempt!(database, |transaction| {
                    if id == 15 {
                        let drastic = "INSERT OR ROLLBACK INTO marks (id, number) VALUES (1, 0)";
                        let failed = transaction.execute(drastic, &[]).await.unwrap_err();
                        assert!(failed.is_unique("marks_id"));
                        // Without an outer transaction this would be committed on its own, at once.
                        assert!(is_unavailable(&mark_within(transaction, 16_000).await));
                        return Err(failed);
                    }
                    mark_within(transaction, id).await
                })
                .map(|()| id)
            }
        });
        let (results, _) = queued(&database, &place.path(), callers).await;
        let mut acknowledged: Vec<i64> = results.into_iter().flatten().collect();
        // Under load they may have queued in another order.
        acknowledged.sort_unstable();
        let mut there = marks(&place.open().await).await;
        assert_eq!(there.remove(0), 1);
        assert_eq!(there, acknowledged, "what was acknowledged, and no more");
        assert!(!there.contains(&15) && there.contains(&19));
        soon(mark(&database, 2)).await.unwrap();
    })
    .await;
}

/// A client that disconnects during the commit.
#[tokio::test]
async fn a_cancelled_caller_does_not_spoil_the_commit() {
    on_sqlite(async |Tables { database, place }| {
        let callers = (0..20).map(|id| {
            let database = database.clone();
            async move {
                let mut transaction = database.begin().await.unwrap();
                mark_within(&mut transaction, id).await.unwrap();
                if id % 2 == 0 {
                    assert!(cancel_after(1, transaction.commit()).await.is_none());
                } else {
                    transaction.commit().await.unwrap();
                }
            }
        });
        queued(&database, &place.path(), callers).await;
        soon(mark(&database, 100)).await.unwrap();
        let there = marks(&place.open().await).await;
        assert!((0..20).filter(|id| id % 2 == 1).all(|id| there.contains(&id)), "{there:?}");
    })
    .await;
}

/// The last handle is dropped while work waits: it is committed, or its caller gets an error.
#[tokio::test]
async fn a_handle_that_is_dropped_breaks_no_promise() {
    on_sqlite(async |Tables { database, place }| {
        let mut transaction = database.begin().await.unwrap();
        drop(database);
        mark_within(&mut transaction, 1).await.unwrap();
        soon(transaction.commit()).await.unwrap();
        assert_eq!(marks(&place.open().await).await, [1]);
    })
    .await;
}
