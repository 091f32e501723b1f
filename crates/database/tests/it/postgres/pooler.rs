//! Behind PgBouncer, with its default settings: connections without options, whose statements may reach a different
//! connection of the server each time.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;
use vestibule_core::Timestamp;
use vestibule_database::{Config, Database, Engine, MigrationError, Value, values};
use vestibule_testing::TestDatabase;
use vestibule_testing::databases::on_postgres;
use vestibule_testing::postgres::{Pooler, Pooling};

use crate::support::{MIGRATIONS, Tables, attempt, is_unavailable, mark, mark_within, marks, soon};

/// What PgBouncer does with startup options: it refuses them, or ignores them where its configuration says so.
const IGNORES: &str = "ignore_startup_parameters = options";

/// The database through a pooler of each kind.
async fn through_each(place: &TestDatabase) -> Vec<(Pooler, Database)> {
    let mut databases = Vec::new();
    for (pooling, settings) in [
        (Pooling::Transaction, ""),
        (Pooling::Session, ""),
        (Pooling::Transaction, IGNORES),
        (Pooling::Session, IGNORES),
    ] {
        let pooler = Pooler::start(&place.url(), pooling, settings).await;
        let mut config = Config::from_url(pooler.url()).unwrap();
        config.statement_timeout = Duration::from_millis(700);
        let database = Database::open(&config).await.unwrap();
        databases.push((pooler, database));
    }
    databases
}

#[tokio::test]
async fn statements_of_many_at_once_find_their_connections_on_postgres() {
    on_postgres(async |Tables { place, database: direct }| {
        for (number, (_pooler, database)) in through_each(&place).await.into_iter().enumerate() {
            assert_eq!(database.engine(), Engine::Postgres);
            let mut tasks = JoinSet::new();
            for task in 0..64 {
                let database = database.clone();
                tasks.spawn(async move {
                    let id = i64::from(task) + 1_000 * i64::try_from(number).unwrap();
                    mark(&database, id).await.unwrap();
                    let text = "SELECT count(*) FROM marks WHERE id = $1 AND ($2::text IS NULL OR name = $2)";
                    let found: i64 = database.query_scalar(text, values![id, None::<String>]).await.unwrap();
                    assert_eq!(found, 1);
                });
            }
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap();
            }
        }
        assert_eq!(marks(&direct).await.len(), 4 * 64);
    })
    .await;
}

#[tokio::test]
async fn values_of_every_type_come_back_on_postgres() {
    on_postgres(async |place: Arc<TestDatabase>| {
        for (_pooler, database) in through_each(&place).await {
            let values = [
                Value::Bool(true),
                Value::Int(i64::MIN),
                Value::Text("Zoë ' \\ \u{1F600}".to_owned()),
                Value::Time(Timestamp::from_microseconds(1_750_000_000_123_456)),
                Value::Bytes(vec![0, 255]),
                Value::Json(serde_json::json!({ "a": [1, null] })),
            ];
            for value in values {
                let found: Value = database.query_scalar("SELECT $1", std::slice::from_ref(&value)).await.unwrap();
                assert_eq!(found, value);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn statements_of_a_transaction_have_a_timeout_on_postgres() {
    on_postgres(async |Tables { place, database: direct }| {
        for (_pooler, database) in through_each(&place).await {
            let mut transaction = database.begin().await.unwrap();
            assert!(is_unavailable(&soon(transaction.query::<()>("SELECT pg_sleep(50)", &[])).await));
            drop(transaction);
            // The timeout is the transaction's: the next client of the server's connection does not inherit it.
            let mut transaction = database.begin().await.unwrap();
            mark_within(&mut transaction, 1).await.unwrap();
            transaction.rollback().await.unwrap();
        }
        assert_eq!(marks(&direct).await, [] as [i64; 0]);
    })
    .await;
}

#[tokio::test]
async fn eight_migrate_at_once_on_postgres() {
    for (pooling, settings) in [(Pooling::Transaction, ""), (Pooling::Session, ""), (Pooling::Transaction, IGNORES)] {
        on_postgres(async |place: Arc<TestDatabase>| {
            let pooler = Pooler::start(&place.url(), pooling, settings).await;
            let mut tasks = JoinSet::new();
            for _ in 0..8 {
                let config = Config::from_url(pooler.url()).unwrap();
                tasks.spawn(async move {
                    let database = Database::open(&config).await.unwrap();
                    database.ping().await.unwrap();
                    database.migrate(&[MIGRATIONS]).await
                });
            }
            let mut done = 0;
            while let Some(ended) = tasks.join_next().await {
                let migrated: Result<usize, MigrationError> = ended.unwrap();
                done += migrated.unwrap();
            }
            assert_eq!(done, MIGRATIONS.steps.len(), "each step is done by one of them");
            let database = Database::open(&Config::from_url(pooler.url()).unwrap()).await.unwrap();
            assert!(database.migration_status(&[MIGRATIONS]).await.unwrap().iter().all(|step| step.applied));
        })
        .await;
    }
}

#[tokio::test]
async fn announcements_of_other_processes_arrive_on_postgres() {
    on_postgres(async |Tables { place, database: other }| {
        for is_direct in [false, true] {
            let pooler = Pooler::start(&place.url(), Pooling::Transaction, IGNORES).await;
            let mut config = Config::from_url(pooler.url()).unwrap();
            if is_direct {
                config.set_direct_url(&place.url()).unwrap();
            }
            let database = Database::open(&config).await.unwrap();
            let mut announcements = database.announcements();
            let heard = async {
                // What is announced before the other process listens is not heard: then once more.
                for id in 0.. {
                    let announced = attempt!(other, |transaction| {
                        transaction.announce();
                        mark_within(transaction, id + if is_direct { 1_000 } else { 0 }).await
                    });
                    announced.unwrap();
                    if timeout(Duration::from_millis(500), announcements.next()).await.is_ok() {
                        return;
                    }
                }
            };
            tokio::select! {
                () = database.exchange_announcements() => unreachable!("it has no end"),
                () = other.exchange_announcements() => unreachable!("it has no end"),
                () = soon(heard) => {}
            }
        }
    })
    .await;
}
