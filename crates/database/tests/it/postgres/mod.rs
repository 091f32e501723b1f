//! PostgreSQL that is slow, away, killed or no longer the primary: "not available", and then it recovers on its own.

mod engines;
mod errors;
mod failover;
mod faults;
mod pooler;
mod stale;
mod tls;

use std::time::Duration;

use vestibule_database::Database;
use vestibule_testing::databases::on_postgres;

use crate::support::{Tables, attempt, is_unavailable, mark, mark_within, marks, soon};

async fn one_connection(place: &vestibule_testing::TestDatabase) -> Database {
    let mut config = place.config();
    config.max_connections = 1;
    Database::open(&config).await.unwrap()
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    on_postgres(async |Tables { place, .. }| {
        let mut config = place.config();
        (config.max_connections, config.statement_timeout) = (1, Duration::from_millis(500));
        let database = Database::open(&config).await.unwrap();
        assert!(is_unavailable(&soon(database.query::<()>("SELECT pg_sleep(50)", &[])).await));
        database.ping().await.unwrap();
        let mut transaction = database.begin().await.unwrap();
        mark_within(&mut transaction, 1).await.unwrap();
        let mut savepoint = transaction.savepoint().await.unwrap();
        assert!(is_unavailable(&soon(savepoint.query::<()>("SELECT pg_sleep(50)", &[])).await));
        drop(savepoint);
        transaction.commit().await.unwrap();
        assert_eq!(marks(&database).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn waiting_for_a_foreign_lock_ends() {
    on_postgres(async |Tables { database, place }| {
        mark(&database, 1).await.unwrap();
        let mut keeper = database.begin().await.unwrap();
        keeper.execute("UPDATE marks SET number = 1", &[]).await.unwrap();
        let mut config = place.config();
        config.statement_timeout = Duration::from_millis(500);
        let other = Database::open(&config).await.unwrap();
        let mut waiting = other.begin().await.unwrap();
        assert!(is_unavailable(&soon(waiting.execute("UPDATE marks SET number = 2", &[])).await));
    })
    .await;
}

/// The server was the primary, and refuses to write now. The second statement is new to the connection and prepared, which
/// finds out about the first.
#[tokio::test]
async fn a_connection_that_became_read_only_is_replaced_whichever_statement_finds_out() {
    on_postgres(async |Tables { place, .. }| {
        let database = one_connection(&place).await;
        database.query::<()>("SET default_transaction_read_only = on", &[]).await.unwrap();
        let failed = attempt!(database, |transaction| {
            transaction.execute_pipelined("INSERT INTO marks (id, number) VALUES (1, 0)", &[]).await?;
            transaction.execute_pipelined("UPDATE marks SET number = 1", &[]).await
        });
        assert!(is_unavailable(&failed), "{failed:?}");
        mark(&database, 1).await.unwrap();
        assert_eq!(marks(&database).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_killed_is_replaced() {
    on_postgres(async |Tables { database: other, place }| {
        let database = one_connection(&place).await;
        let mut transaction = database.begin().await.unwrap();
        mark_within(&mut transaction, 1).await.unwrap();
        let process: i64 = transaction.query_scalar("SELECT pg_backend_pid()::bigint AS number", &[]).await.unwrap();
        let kill = format!("SELECT 1 FROM pg_terminate_backend({}, 10000)", process);
        other.query::<()>(kill, &[]).await.unwrap();
        assert!(is_unavailable(&mark_within(&mut transaction, 2).await), "the statement that finds out");
        assert!(is_unavailable(&mark_within(&mut transaction, 3).await), "nor is the next one a fresh start");
        assert!(is_unavailable(&transaction.commit().await), "nothing was done");
        database.ping().await.unwrap();
        mark(&database, 4).await.unwrap();
        assert_eq!(marks(&database).await, [4]);
    })
    .await;
}

/// A session that has become read-only, as all have when their server is no longer the primary.
#[tokio::test]
async fn a_connection_that_became_read_only_is_thrown_away() {
    on_postgres(async |Tables { place, .. }| {
        let database = one_connection(&place).await;
        mark(&database, 1).await.unwrap();
        database.query::<()>("SET default_transaction_read_only = on", &[]).await.unwrap();
        assert!(is_unavailable(&mark(&database, 2).await));
        mark(&database, 3).await.unwrap();
        assert_eq!(marks(&database).await, [1, 3]);
    })
    .await;
}

/// A server that accepts no writes is not connected to; when it does again, no restart is needed.
#[tokio::test]
async fn a_read_only_server_is_waited_for() {
    on_postgres(async |Tables { database: administrator, place }| {
        let name = place.url().rsplit('/').next().unwrap().to_owned();
        let set = async |state: &str| {
            let mut transaction = administrator.begin().await.unwrap();
            transaction.execute("SET TRANSACTION READ WRITE", &[]).await.unwrap();
            let text = format!("ALTER DATABASE {name} SET default_transaction_read_only = {state}");
            transaction.execute(text, &[]).await.unwrap();
            transaction.commit().await.unwrap();
        };
        set("on").await;
        let database = one_connection(&place).await;
        assert!(is_unavailable(&mark(&database, 1).await));
        set("off").await;
        mark(&database, 2).await.unwrap();
        assert_eq!(marks(&database).await, [2]);
    })
    .await;
}

/// A caller with ever new filters must not fill the server's memory with prepared statements.
#[tokio::test]
async fn statements_built_at_run_time_are_not_cached() {
    on_postgres(async |Tables { place, .. }| {
        let database = one_connection(&place).await;
        let prepared = "SELECT count(*) AS number FROM pg_prepared_statements";
        let before: i64 = database.query_scalar(prepared, &[]).await.unwrap();
        for number in 0..50 {
            database.query::<()>(format!("SELECT {number} AS number"), &[]).await.unwrap();
        }
        let after: i64 = database.query_scalar(prepared, &[]).await.unwrap();
        assert_eq!(after, before);
    })
    .await;
}
