//! Work is done whole or not at all.

mod many_rows;
mod pipelined;
mod retries;
mod savepoints;

use std::time::Duration;

use vestibule_database::{Database, Error, values};
use vestibule_testing::on_both_engines;
use vestibule_testing::polling::cancel_after;

use crate::support::{NO_MARKS, Tables, attempt, is_unavailable, mark, mark_within, marks, named_within, soon};

on_both_engines!(
    what_is_committed_is_there,
    what_is_not_committed_is_not_there,
    a_failed_statement_never_makes_a_commit_a_lie,
    changes_are_counted,
);
on_both_engines!(2 threads:
    work_that_is_given_up_at_any_await_is_done_whole_or_not_at_all,
    waiting_to_write_ends_in_time,
    a_waiting_caller_that_gives_up_blocks_no_one,
    sixty_four_at_once_need_no_sixty_four_connections,
);

async fn what_is_committed_is_there(Tables { database, place }: Tables) {
    let mut transaction = database.begin().await.unwrap();
    mark_within(&mut transaction, 1).await.unwrap();
    assert_eq!(marks(&mut transaction).await, [1], "a transaction sees what it wrote");
    assert_eq!(marks(&database).await, NO_MARKS, "no one else does");
    transaction.commit().await.unwrap();
    assert_eq!(marks(&database).await, [1], "at once, on the same handle");
    assert_eq!(marks(&place.open().await).await, [1], "and on another one");
}

async fn what_is_not_committed_is_not_there(Tables { database, .. }: Tables) {
    let mut dropped = database.begin().await.unwrap();
    mark_within(&mut dropped, 1).await.unwrap();
    drop(dropped);
    let mut rolled_back = database.begin().await.unwrap();
    mark_within(&mut rolled_back, 2).await.unwrap();
    rolled_back.rollback().await.unwrap();
    let failed: Result<(), Error> = attempt!(database, |transaction| {
        mark_within(transaction, 3).await?;
        Err(Error::Other("changed my mind".into()))
    });
    assert!(matches!(failed, Err(Error::Other(_))));
    assert_eq!(marks(&database).await, NO_MARKS);
    // What was undone leaves no lock behind either.
    for id in 1..=3 {
        soon(mark(&database, id)).await.unwrap();
    }
    assert_eq!(marks(&database).await, [1, 2, 3]);
}

/// After a failed statement PostgreSQL discards the transaction, and COMMIT reports success.
async fn a_failed_statement_never_makes_a_commit_a_lie(Tables { database, .. }: Tables) {
    mark(&database, 1).await.unwrap();
    let mut transaction = database.begin().await.unwrap();
    mark_within(&mut transaction, 2).await.unwrap();
    assert!(mark_within(&mut transaction, 1).await.is_err());
    let committed = transaction.commit().await;
    assert_eq!(committed.is_ok(), marks(&database).await.contains(&2), "{committed:?}");

    let carried_on = attempt!(database, |transaction| {
        mark_within(transaction, 3).await?;
        drop(mark_within(transaction, 1).await);
        Ok(())
    });
    assert_eq!(carried_on.is_ok(), marks(&database).await.contains(&3), "{carried_on:?}");
}

async fn changes_are_counted(Tables { database, .. }: Tables) {
    let mut transaction = database.begin().await.unwrap();
    for id in 1..=3 {
        mark_within(&mut transaction, id).await.unwrap();
    }
    let change = "UPDATE marks SET number = 7 WHERE id > $1";
    for (above, count) in [(0, 3), (1, 2), (3, 0)] {
        assert_eq!(transaction.execute(change, values![above]).await.unwrap(), count);
    }
    let returned: Vec<i64> =
        transaction.query_scalars("DELETE FROM marks WHERE id > $1 RETURNING number", values![1]).await.unwrap();
    assert_eq!(returned, [7; 2]);
    let number = "SELECT number FROM marks WHERE id = $1";
    let one = transaction.query_scalar_optional::<i64>(number, values![1]).await.unwrap();
    let none = transaction.query_scalar_optional::<i64>(number, values![2]).await.unwrap();
    assert_eq!((one, none), (Some(7), None));
}

/// security.md 2: a crash, or a client that disconnects, leaves all or nothing.
async fn work_that_is_given_up_at_any_await_is_done_whole_or_not_at_all(Tables { place, .. }: Tables) {
    // One connection: unfinished work there would block the next caller.
    let mut config = place.config();
    config.max_connections = 1;
    let database = Database::open(&config).await.unwrap();
    let mut limit = 1;
    for attempt in 1..1_000 {
        let id = 10 * attempt;
        let work = async {
            let mut transaction = database.begin().await?;
            mark_within(&mut transaction, id).await?;
            let count: i64 = transaction.query_scalar("SELECT count(*) AS number FROM marks", &[]).await?;
            mark_within(&mut transaction, id + count % 5 + 1).await?;
            transaction.commit().await
        };
        let ended = cancel_after(limit, work).await;
        // The same row again: were the first attempt still open, this would wait for it.
        let next: Result<u64, Error> = soon(async {
            attempt!(database, |transaction| {
                let text = "INSERT INTO marks (id, number) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET number = 1";
                transaction.execute(text, values![id]).await
            })
        })
        .await;
        assert_eq!(next.unwrap(), 1);
        let count = "SELECT count(*) AS number FROM marks WHERE id >= $1 AND number = 0";
        let partners: i64 = database.query_scalar(count, values![id]).await.unwrap();
        assert!(partners <= 1);
        // The first mark belongs to this attempt if its partner is there, otherwise to the next one.
        let whole = marks(&database).await.into_iter().filter(|mark| *mark >= id).count();
        assert!(whole == 1 || (whole == 2 && partners == 1), "half of attempt {limit} was committed");
        match ended {
            None => limit += 1,
            Some(ended) => {
                ended.unwrap();
                assert_eq!(whole, 2);
                // A SQLite file in memory can be quicker than the look at it: then once more.
                if limit > 1 {
                    return;
                }
            }
        }
    }
    panic!("it was never given up");
}

async fn waiting_to_write_ends_in_time(Tables { place, .. }: Tables) {
    let mut config = place.config();
    (config.max_connections, config.acquire_timeout) = (1, Duration::from_millis(300));
    let database = Database::open(&config).await.unwrap();
    let mut first = database.begin().await.unwrap();
    mark_within(&mut first, 1).await.unwrap();
    let second = soon(database.begin()).await.map(drop);
    assert!(is_unavailable(&second), "{second:?}");
    // The caller that timed out disturbs neither the first nor the next one.
    first.commit().await.unwrap();
    mark(&database, 2).await.unwrap();
    assert_eq!(marks(&database).await, [1, 2]);
}

async fn a_waiting_caller_that_gives_up_blocks_no_one(Tables { place, .. }: Tables) {
    let mut config = place.config();
    config.max_connections = 1;
    let database = Database::open(&config).await.unwrap();
    let first = database.begin().await.unwrap();
    for _ in 0..10 {
        assert!(cancel_after(1, database.begin()).await.is_none());
    }
    drop(first);
    soon(mark(&database, 1)).await.unwrap();
}

/// The reference wedges when 64 callers hold one connection each while they ask for a second.
async fn sixty_four_at_once_need_no_sixty_four_connections(Tables { place, .. }: Tables) {
    let mut config = place.config();
    config.max_connections = 4;
    let database = Database::open(&config).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for id in 1..=64 {
        let database = database.clone();
        tasks.spawn(async move {
            let result = attempt!(database, |transaction| {
                mark_within(transaction, id).await?;
                let mut savepoint = transaction.savepoint().await?;
                // Every second one fails in part.
                let name = format!("name of {}", id / 2);
                match named_within(&mut savepoint, -id, Some(&name)).await {
                    Ok(()) => savepoint.commit().await,
                    Err(error) if error.is_unique("marks_name") => Ok(()),
                    Err(error) => Err(error),
                }
            });
            result.map(|()| id)
        });
    }
    let done = soon(tasks.join_all()).await;
    assert_eq!(done.into_iter().filter(|result| result.is_ok()).count(), 64);
    let marks = marks(&database).await;
    assert_eq!(marks.iter().filter(|id| **id > 0).count(), 64);
    assert_eq!(marks.iter().filter(|id| **id < 0).count(), 33, "one for each name");
}
