//! Prepared statements that the server forgot, or that no longer fit their tables, are prepared again, once.

use vestibule_database::{Database, Error, FromRow, Row, values};
use vestibule_testing::databases::on_postgres;

use crate::support::{Tables, attempt, mark, mark_within, marks};

/// All columns of the first row, whose number depends on the table.
struct Everything;

impl FromRow for Everything {
    fn from_row(_: &Row<'_>) -> Result<Self, Error> {
        Ok(Self)
    }
}

/// Has each connection of the pool prepare some statements.
async fn prepare_everywhere(database: &Database) {
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut transaction = database.begin().await.unwrap();
        transaction.query::<Everything>("SELECT * FROM marks", &[]).await.unwrap();
        mark_within(&mut transaction, 99).await.unwrap();
        transaction.execute("DELETE FROM marks WHERE id = $1", values![99_i64]).await.unwrap();
        transaction.commit().await.unwrap();
        // Held together, so that each is another connection.
        let mut transaction = database.begin().await.unwrap();
        transaction.query::<Everything>("SELECT * FROM marks", &[]).await.unwrap();
        open.push(transaction);
    }
}

/// What a pooler sends when it gives a connection to another program.
async fn discard_everywhere(database: &Database) {
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut transaction = database.begin().await.unwrap();
        // DISCARD ALL cannot be sent in a transaction; this is the part of it that matters.
        transaction.execute("DEALLOCATE ALL".to_owned(), &[]).await.unwrap();
        open.push(transaction);
    }
    for transaction in open {
        transaction.commit().await.unwrap();
    }
}

#[tokio::test]
async fn statements_that_the_server_forgot_are_prepared_again() {
    on_postgres(async |Tables { database, .. }| {
        mark(&database, 1).await.unwrap();
        for round in 0..3 {
            prepare_everywhere(&database).await;
            discard_everywhere(&database).await;
            assert_eq!(marks(&database).await.len(), 1 + round, "outside a transaction");
            discard_everywhere(&database).await;
            let id = 10 + i64::try_from(round).unwrap();
            let done: Result<(), Error> = attempt!(database, |transaction| {
                transaction.query::<Everything>("SELECT * FROM marks", &[]).await?;
                mark_within(transaction, id).await.map(drop)
            });
            done.unwrap();
        }
        assert_eq!(marks(&database).await, [1, 10, 11, 12], "each once");
    })
    .await;
}

#[tokio::test]
async fn statements_whose_tables_have_changed_are_prepared_again() {
    on_postgres(async |Tables { database, place }| {
        let other = place.open().await;
        mark(&database, 1).await.unwrap();
        for round in 0..3 {
            prepare_everywhere(&database).await;
            other.query::<()>(format!("ALTER TABLE marks ADD COLUMN more_{round} text"), &[]).await.unwrap();
            database.query::<Everything>("SELECT * FROM marks", &[]).await.unwrap();
            prepare_everywhere(&database).await;
            other
                .query::<()>(format!("ALTER TABLE marks ALTER COLUMN more_{round} TYPE bytea USING NULL"), &[])
                .await
                .unwrap();
            let id = 10 + round;
            let done: Result<(), Error> = attempt!(database, |transaction| {
                mark_within(transaction, id).await?;
                transaction.query::<Everything>("SELECT * FROM marks", &[]).await.map(drop)
            });
            done.unwrap();
        }
        assert_eq!(marks(&database).await, [1, 10, 11, 12], "each once");
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_cannot_be_prepared_again_fails() {
    on_postgres(async |Tables { database, place }| {
        let other = place.open().await;
        prepare_everywhere(&database).await;
        other.query::<()>("DROP TABLE marks CASCADE", &[]).await.unwrap();
        let failed = database.query::<Everything>("SELECT * FROM marks", &[]).await;
        assert!(failed.is_err());
        let failed: Result<(), Error> = attempt!(database, |transaction| transaction
            .query::<Everything>("SELECT * FROM marks", &[])
            .await
            .map(drop));
        assert!(failed.is_err());
    })
    .await;
}
