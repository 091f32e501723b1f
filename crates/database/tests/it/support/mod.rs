//! Tables for tests, and common operations on them.

pub(crate) mod child;
pub(crate) mod wal;

use std::sync::Arc;
use std::time::Duration;

use vestibule_database::{Connection, Database, Error, Migration, Migrations, Transaction, transaction, values};
use vestibule_testing::{SetUp, TestDatabase};

pub(crate) const MIGRATIONS: Migrations = Migrations {
    module: "testing",
    steps: &[Migration {
        name: "V1__tables",
        sql: "CREATE TABLE marks (id bigint PRIMARY KEY, name text, number bigint NOT NULL);
              CREATE UNIQUE INDEX marks_name ON marks (name);
              CREATE TABLE things (
                  id text PRIMARY KEY, name text, email text, email_canonical text, number bigint, flag boolean,
                  at timestamptz, bytes bytea, document jsonb, search_text text, deleted_at timestamptz
              );
              CREATE TABLE children (
                  id bigint PRIMARY KEY,
                  parent bigint REFERENCES marks (id),
                  late_parent bigint REFERENCES marks (id) DEFERRABLE INITIALLY DEFERRED,
                  place bigint, name text
              );
              CREATE UNIQUE INDEX children_place_name ON children (place, name) WHERE name <> 'free';",
    }],
};

/// [`transaction!`](vestibule_database::transaction!), for tests, which cannot return an error.
macro_rules! attempt {
    ($($work:tt)*) => {
        async {
            let result: Result<_, vestibule_database::Error> = vestibule_database::transaction!($($work)*);
            result
        }
        .await
    };
}
pub(crate) use attempt;

/// How long anything may take that should end on its own, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A migrated database.
pub(crate) struct Tables {
    pub(crate) database: Database,
    pub(crate) place: Arc<TestDatabase>,
}

impl SetUp for Tables {
    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(&[MIGRATIONS]).await.unwrap();
        Self { database, place }
    }
}

/// Writes a mark in a transaction of its own.
pub(crate) async fn mark(database: &Database, id: i64) -> Result<(), Error> {
    transaction!(database, |transaction| mark_within(transaction, id).await)
}

pub(crate) async fn mark_within(transaction: &mut Transaction, id: i64) -> Result<(), Error> {
    named_within(transaction, id, None).await
}

/// Writes a mark with a unique name.
pub(crate) async fn named_within(transaction: &mut Transaction, id: i64, name: Option<&str>) -> Result<(), Error> {
    let name = name.map(str::to_owned);
    transaction.execute("INSERT INTO marks (id, name, number) VALUES ($1, $2, 0)", values![id, name]).await.map(drop)
}

pub(crate) const NO_MARKS: [i64; 0] = [];

/// The visible marks.
pub(crate) async fn marks(connection: impl Into<Connection<'_>>) -> Vec<i64> {
    let ids: Vec<i64> =
        connection.into().query_scalars("SELECT id AS number FROM marks ORDER BY id", &[]).await.unwrap();
    ids
}

/// Waits for what should end on its own.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it did not end within a minute")
}

pub(crate) fn is_unavailable<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Unavailable(_)))
}
