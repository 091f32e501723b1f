//! Statements that are not waited for: what fails is reported by the next statement that is waited for, or by the commit.

use vestibule_database::{Error, Transaction, values};
use vestibule_testing::on_both_engines;

use crate::support::{NO_MARKS, Tables, attempt, mark, mark_within, marks};

on_both_engines!(
    what_is_not_waited_for_is_done_in_its_place,
    an_error_that_was_not_waited_for_keeps_its_kind,
    an_error_before_the_commit_is_the_commits,
    a_savepoint_takes_what_was_not_waited_for_with_it,
    nothing_is_left_of_a_transaction_that_is_dropped,
);

async fn mark_pipelined(transaction: &mut Transaction, id: i64) -> Result<(), Error> {
    transaction.execute_pipelined("INSERT INTO marks (id, number) VALUES ($1, 0)", values![id]).await
}

async fn set_pipelined(transaction: &mut Transaction, number: i64) -> Result<(), Error> {
    let text = format!("UPDATE marks SET number = number * 10 + {number}");
    transaction.execute_pipelined(text, &[]).await
}

async fn what_is_not_waited_for_is_done_in_its_place(Tables { database, .. }: Tables) {
    let mut transaction = database.begin().await.unwrap();
    mark_pipelined(&mut transaction, 1).await.unwrap();
    for number in 1..=9 {
        // Texts that are built at run time, between one that is prepared.
        set_pipelined(&mut transaction, number).await.unwrap();
    }
    mark_pipelined(&mut transaction, 2).await.unwrap();
    let number: i64 = transaction.query_scalar("SELECT number FROM marks WHERE id = 1", &[]).await.unwrap();
    assert_eq!(number, 123_456_789);
    mark_pipelined(&mut transaction, 3).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(marks(&database).await, [1, 2, 3]);
}

async fn an_error_that_was_not_waited_for_keeps_its_kind(Tables { database, .. }: Tables) {
    mark(&database, 1).await.unwrap();
    let taken = async |transaction: &mut Transaction| {
        mark_pipelined(transaction, 1).await?;
        mark_within(transaction, 2).await
    };
    for _ in 0..2 {
        let failed: Result<(), Error> = attempt!(database, |transaction| taken(transaction).await);
        assert!(matches!(&failed, Err(error) if error.is_unique("marks_id")), "{failed:?}");
        assert_eq!(marks(&database).await, [1]);
    }
}

async fn an_error_before_the_commit_is_the_commits(Tables { database, .. }: Tables) {
    mark(&database, 1).await.unwrap();
    let failed: Result<(), Error> = attempt!(database, |transaction| {
        mark_within(transaction, 2).await?;
        mark_pipelined(transaction, 1).await
    });
    assert!(matches!(&failed, Err(error) if error.is_unique("marks_id")), "{failed:?}");
    assert_eq!(marks(&database).await, [1]);
}

async fn a_savepoint_takes_what_was_not_waited_for_with_it(Tables { database, .. }: Tables) {
    let mut transaction = database.begin().await.unwrap();
    mark_pipelined(&mut transaction, 1).await.unwrap();
    let mut savepoint = transaction.savepoint().await.unwrap();
    mark_pipelined(&mut savepoint, 2).await.unwrap();
    // Fails at once or later, which no longer matters.
    drop(mark_pipelined(&mut savepoint, 1).await);
    drop(savepoint);
    let mut savepoint = transaction.savepoint().await.unwrap();
    mark_pipelined(&mut savepoint, 3).await.unwrap();
    savepoint.commit().await.unwrap();
    mark_pipelined(&mut transaction, 4).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(marks(&database).await, [1, 3, 4]);
}

async fn nothing_is_left_of_a_transaction_that_is_dropped(Tables { database, .. }: Tables) {
    for _ in 0..20 {
        let mut transaction = database.begin().await.unwrap();
        mark_pipelined(&mut transaction, 1).await.unwrap();
        set_pipelined(&mut transaction, 1).await.unwrap();
        drop(transaction);
    }
    assert_eq!(marks(&database).await, NO_MARKS);
    mark(&database, 1).await.unwrap();
}
