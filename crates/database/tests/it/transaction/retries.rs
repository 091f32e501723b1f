//! Where PostgreSQL finds that two transactions conflict, the work is done again. SQLite has one writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Barrier;
use vestibule_database::{Database, Error, Transaction, values};
use vestibule_testing::databases::on_postgres;
use vestibule_testing::on_both_engines;

use crate::support::{Tables, attempt, is_unavailable, mark, soon};

on_both_engines!(2 threads: what_is_no_conflict_is_not_done_again);

/// Two tasks do `work` on the marks 1 and 2, in opposite order and in step at their first attempt. Returns how many
/// attempts they made.
async fn two_in_step<W>(database: &Database, work: W) -> u32
where
    W: AsyncFn(&mut Transaction, [i64; 2], Option<&Barrier>) -> Result<(), Error>,
{
    for id in [1, 2] {
        mark(database, id).await.unwrap();
    }
    let (barrier, attempts) = (Barrier::new(2), AtomicU32::new(0));
    let one = async |order: [i64; 2]| {
        let mut first = Some(&barrier);
        let result = attempt!(database, |transaction| {
            attempts.fetch_add(1, Ordering::SeqCst);
            work(transaction, order, first.take()).await
        });
        result.unwrap();
    };
    soon(async { tokio::join!(one([1, 2]), one([2, 1])) }).await;
    attempts.into_inner()
}

async fn numbers(database: &Database) -> Vec<i64> {
    let numbers: Vec<i64> = database.query_scalars("SELECT number FROM marks ORDER BY id", &[]).await.unwrap();
    numbers
}

async fn meet(barrier: Option<&Barrier>) {
    if let Some(barrier) = barrier {
        barrier.wait().await;
    }
}

#[tokio::test]
async fn a_deadlock_of_postgres_is_resolved() {
    on_postgres(async |Tables { database, .. }| {
        let attempts = two_in_step(&database, async |transaction, [first, second], barrier| {
            let add = "UPDATE marks SET number = number + 1 WHERE id = $1";
            transaction.execute(add, values![first]).await?;
            meet(barrier).await;
            transaction.execute(add, values![second]).await.map(drop)
        })
        .await;
        // More than once, if the second attempt came before the other one had continued.
        assert!((3..=9).contains(&attempts), "one of the two was done again: {attempts}");
        assert_eq!(numbers(&database).await, [2, 2], "and both were done once");
    })
    .await;
}

#[tokio::test]
async fn postgres_resolves_a_serialization_failure_of_a_statement() {
    on_postgres(async |Tables { database, .. }| {
        let attempts = two_in_step(&database, async |transaction, _, barrier| {
            transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", &[]).await?;
            let seen: i64 = transaction.query_scalar("SELECT number FROM marks WHERE id = 1", &[]).await?;
            meet(barrier).await;
            transaction.execute("UPDATE marks SET number = $1 WHERE id = 1", values![seen + 1]).await.map(drop)
        })
        .await;
        assert_eq!((attempts, numbers(&database).await), (3, vec![2, 0]));
    })
    .await;
}

/// Write skew: each reads what the other writes. PostgreSQL may find that out as late as at COMMIT.
#[tokio::test]
async fn postgres_resolves_a_serialization_failure_of_the_commit() {
    on_postgres(async |Tables { database, .. }| {
        let attempts = two_in_step(&database, async |transaction, [mine, other], barrier| {
            transaction.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", &[]).await?;
            let read = "SELECT number FROM marks WHERE id = $1";
            let seen: i64 = transaction.query_scalar(read, values![other]).await?;
            let write = "UPDATE marks SET number = $2 WHERE id = $1";
            transaction.execute(write, values![mine, seen + 1]).await?;
            meet(barrier).await;
            Ok(())
        })
        .await;
        assert!(attempts >= 3, "{attempts}");
        let mut numbers = numbers(&database).await;
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2], "one after the other, in whichever order");
    })
    .await;
}

async fn what_is_no_conflict_is_not_done_again(Tables { database, .. }: Tables) {
    mark(&database, 1).await.unwrap();
    let attempts = Arc::new(AtomicU32::new(0));
    let refused: Result<(), Error> = attempt!(database, |transaction| {
        attempts.fetch_add(1, Ordering::SeqCst);
        crate::support::mark_within(transaction, 1).await
    });
    assert!(refused.unwrap_err().is_unique("marks_id"));
    let unavailable: Result<(), Error> = attempt!(database, |_transaction| {
        attempts.fetch_add(1, Ordering::SeqCst);
        Err(Error::Unavailable("something else is away".into()))
    });
    assert!(is_unavailable(&unavailable));
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn postgres_conflicts_are_retried_a_bounded_number_of_times() {
    on_postgres(async |Tables { database, .. }| {
        let mut attempts = 0;
        let refused: Result<(), Error> = async {
            attempt!(database, |transaction| {
                attempts += 1;
                let fail = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$";
                transaction.execute(fail, &[]).await.map(drop)
            })
        }
        .await;
        assert!(is_unavailable(&refused), "{refused:?}");
        assert_eq!(attempts, 9, "the first, and eight more");
        mark(&database, 1).await.unwrap();
    })
    .await;
}
