//! Runs the same test on both engines, each time on a fresh database.
//!
//! ```
//! # mod example {
//! use vestibule_database::Database;
//! use vestibule_testing::on_both_engines;
//!
//! on_both_engines!(responds);
//!
//! async fn responds(database: Database) {
//!     database.ping().await.unwrap();
//! }
//! # }
//! ```
//!
//! makes the tests `responds::sqlite` and `responds::postgres`. A test's argument is made by its [`SetUp`], so a crate
//! can create its tables and services before its tests begin.

#![expect(clippy::expect_used, reason = "a test without a database fails, and says why")]

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use vestibule_database::{Config, Database, Engine, Migrations};

use crate::postgres;

/// An empty database for one test, removed when dropped.
#[derive(Debug)]
pub struct TestDatabase(Storage);

#[derive(Debug)]
enum Storage {
    Sqlite(TempDir),
    Postgres(postgres::TestDatabase),
}

impl TestDatabase {
    /// Creates a path for a SQLite file, in a temporary folder. The file does not exist yet.
    ///
    /// # Panics
    ///
    /// If there is no room for temporary files.
    pub fn sqlite() -> Self {
        Self(Storage::Sqlite(TempDir::with_prefix("vestibule-").expect("a temporary directory")))
    }

    /// Creates a database in the server that `VESTIBULE_TEST_POSTGRES` names.
    ///
    /// # Panics
    ///
    /// As [`postgres::database`] does.
    pub async fn postgres() -> Self {
        Self(Storage::Postgres(postgres::database().await))
    }

    /// As [`TestDatabase::postgres`], with the tables of these modules.
    ///
    /// # Panics
    ///
    /// As [`postgres::migrated`] does.
    pub async fn postgres_with(tables: &[Migrations]) -> Self {
        Self(Storage::Postgres(postgres::migrated(tables).await))
    }

    /// Returns the engine.
    pub fn engine(&self) -> Engine {
        match self.0 {
            Storage::Sqlite(_) => Engine::Sqlite,
            Storage::Postgres(_) => Engine::Postgres,
        }
    }

    /// Returns the URL, as in the configuration.
    pub fn url(&self) -> String {
        match &self.0 {
            Storage::Sqlite(_) => format!("sqlite://{}", self.path().display()),
            Storage::Postgres(database) => database.url().to_owned(),
        }
    }

    /// Returns SQLite's file; on PostgreSQL a path that does not exist.
    pub fn path(&self) -> PathBuf {
        match &self.0 {
            Storage::Sqlite(folder) => folder.path().join("vestibule.db"),
            Storage::Postgres(_) => PathBuf::new(),
        }
    }

    /// Returns the configuration that [`TestDatabase::open`] uses, for a test that changes it.
    ///
    /// # Panics
    ///
    /// Never: the URL is valid.
    pub fn config(&self) -> Config {
        let mut config = Config::from_url(&self.url()).expect("a valid address");
        // Generous, because a machine that builds and tests at the same time is slow.
        config.acquire_timeout *= 6;
        config.connect_timeout *= 6;
        config
    }

    /// Opens the database. Each call makes a handle with its own connections, as another process would have.
    ///
    /// # Panics
    ///
    /// If it cannot be opened.
    pub async fn open(&self) -> Database {
        Database::open(&self.config()).await.expect("the test's database could not be opened")
    }
}

/// An argument of a test of [`on_both_engines!`](crate::on_both_engines!).
pub trait SetUp: Sized {
    /// The tables that [`SetUp::set_up`] creates first. PostgreSQL's databases are then copied from one that has them:
    /// that takes a third of the time.
    const TABLES: &[Migrations] = &[];

    /// Makes the argument, in a database that is empty, or on PostgreSQL has at most [`SetUp::TABLES`].
    fn set_up(database: Arc<TestDatabase>) -> impl Future<Output = Self> + Send;
}

/// The empty database, not opened yet.
impl SetUp for Arc<TestDatabase> {
    async fn set_up(database: Arc<TestDatabase>) -> Self {
        database
    }
}

/// A handle of the empty database.
impl SetUp for Database {
    async fn set_up(database: Arc<TestDatabase>) -> Self {
        database.open().await
    }
}

/// Runs a test in an empty SQLite file.
pub async fn on_sqlite<S: SetUp, F: Future<Output = ()>>(test: impl FnOnce(S) -> F) {
    let database = Arc::new(TestDatabase::sqlite());
    test(S::set_up(Arc::clone(&database)).await).await;
}

/// Runs a test in a PostgreSQL database of its own.
pub async fn on_postgres<S: SetUp, F: Future<Output = ()>>(test: impl FnOnce(S) -> F) {
    let database = Arc::new(TestDatabase::postgres_with(S::TABLES).await);
    test(S::set_up(Arc::clone(&database)).await).await;
}

/// Makes each named function a test on SQLite and one on PostgreSQL: `on_both_engines!(one, another)`. For tasks that
/// must run in parallel, use `on_both_engines!(4 threads: one, another)`.
///
/// A test without a database fails; it never passes by doing nothing.
#[macro_export]
macro_rules! on_both_engines {
    ($threads:tt threads: $($test:ident),+ $(,)?) => {
        $crate::on_both_engines!(@ (flavor = "multi_thread", worker_threads = $threads) $($test)+);
    };
    (@ $runtime:tt $($test:ident)+) => {
        $($crate::on_both_engines!(@one $runtime $test);)+
    };
    (@one ($($runtime:tt)*) $test:ident) => {
        mod $test {
            #[tokio::test($($runtime)*)]
            async fn sqlite() {
                $crate::databases::on_sqlite(super::$test).await;
            }

            #[tokio::test($($runtime)*)]
            async fn postgres() {
                $crate::databases::on_postgres(super::$test).await;
            }
        }
    };
    ($($test:ident),+ $(,)?) => {
        $crate::on_both_engines!(@ (flavor = "current_thread") $($test)+);
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::on_both_engines!(every_test_has_its_own_database);
    crate::on_both_engines!(2 threads: handles_share_one_database);

    async fn every_test_has_its_own_database(database: Database) {
        let mut transaction = database.begin().await.expect("a transaction");
        transaction.execute("CREATE TABLE only_here (id INTEGER)", &[]).await.expect("a table");
        transaction.commit().await.expect("a commit");
    }

    async fn handles_share_one_database(shared: Arc<TestDatabase>) {
        let (one, other) = (shared.open().await, shared.open().await);
        assert_eq!((one.engine(), other.engine()), (shared.engine(), shared.engine()));
        let mut transaction = one.begin().await.expect("a transaction");
        transaction.execute("CREATE TABLE only_here (id INTEGER)", &[]).await.expect("a table");
        transaction.commit().await.expect("a commit");
        assert!(other.query::<()>("SELECT id FROM only_here", &[]).await.is_ok());
    }
}
