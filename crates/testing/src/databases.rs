//! The same test on both engines, each time on a database of its own.
//!
//! ```
//! # mod example {
//! use vestibule_database::Database;
//! use vestibule_testing::on_both_engines;
//!
//! on_both_engines!(answers);
//!
//! async fn answers(database: Database) {
//!     database.ping().await.unwrap();
//! }
//! # }
//! ```
//!
//! makes the tests `answers::sqlite` and `answers::postgres`. What a test takes is made by its [`SetUp`], so a crate
//! may have its own tables and services made before its tests begin.

#![expect(clippy::expect_used, reason = "a test that has no database has failed, and says why")]

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use vestibule_database::{Config, Database, Engine};

use crate::postgres;

/// An empty database that nothing else uses, gone with the value.
#[derive(Debug)]
pub struct TestDatabase(Place);

#[derive(Debug)]
enum Place {
    Sqlite(TempDir),
    Postgres(postgres::TestDatabase),
}

impl TestDatabase {
    /// A SQLite file that does not exist yet, in a folder of its own.
    ///
    /// # Panics
    ///
    /// When there is no room for temporary files.
    pub fn sqlite() -> Self {
        Self(Place::Sqlite(TempDir::with_prefix("vestibule-").expect("a temporary directory")))
    }

    /// A database in the server that `VESTIBULE_TEST_POSTGRES` names.
    ///
    /// # Panics
    ///
    /// As [`postgres::database`] does.
    pub async fn postgres() -> Self {
        Self(Place::Postgres(postgres::database().await))
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        match self.0 {
            Place::Sqlite(_) => Engine::Sqlite,
            Place::Postgres(_) => Engine::Postgres,
        }
    }

    /// Its address, as in the configuration.
    pub fn url(&self) -> String {
        match &self.0 {
            Place::Sqlite(_) => format!("sqlite://{}", self.path().display()),
            Place::Postgres(database) => database.url().to_owned(),
        }
    }

    /// SQLite's file; on PostgreSQL nothing that is there.
    pub fn path(&self) -> PathBuf {
        match &self.0 {
            Place::Sqlite(folder) => folder.path().join("vestibule.db"),
            Place::Postgres(_) => PathBuf::new(),
        }
    }

    /// The configuration that [`TestDatabase::open`] uses, for a test that changes it.
    ///
    /// # Panics
    ///
    /// Never: the address is valid.
    pub fn config(&self) -> Config {
        let mut config = Config::from_url(&self.url()).expect("a valid address");
        // A machine that builds and tests at the same time is slow, and no test is about that.
        config.acquire_timeout *= 6;
        config.connect_timeout *= 6;
        config
    }

    /// Opens it: every call makes a handle with connections of its own, as another process would have.
    ///
    /// # Panics
    ///
    /// When it cannot be opened.
    pub async fn open(&self) -> Database {
        Database::open(&self.config()).await.expect("the test's database could not be opened")
    }
}

/// What a test of [`on_both_engines!`](crate::on_both_engines!) takes.
pub trait SetUp: Sized {
    /// Makes it, in an empty database.
    fn set_up(database: Arc<TestDatabase>) -> impl Future<Output = Self> + Send;
}

/// The empty database, not opened yet.
impl SetUp for Arc<TestDatabase> {
    async fn set_up(database: Arc<TestDatabase>) -> Self {
        database
    }
}

/// A handle on the empty database.
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

/// Runs a test in an empty PostgreSQL database.
pub async fn on_postgres<S: SetUp, F: Future<Output = ()>>(test: impl FnOnce(S) -> F) {
    let database = Arc::new(TestDatabase::postgres().await);
    test(S::set_up(Arc::clone(&database)).await).await;
}

/// Makes each named function a test on SQLite and one on PostgreSQL: `on_both_engines!(one, another)`. Where it
/// matters that tasks run at the same time, `on_both_engines!(4 threads: one, another)`.
///
/// A test that has no database fails; it never passes by doing nothing.
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

    crate::on_both_engines!(every_test_has_a_database_of_its_own);
    crate::on_both_engines!(2 threads: handles_share_one_database);

    async fn every_test_has_a_database_of_its_own(database: Database) {
        let mut transaction = database.begin().await.expect("a transaction");
        transaction.execute("CREATE TABLE only_here (id INTEGER)", &[]).await.expect("a table");
        transaction.commit().await.expect("a commit");
    }

    async fn handles_share_one_database(place: Arc<TestDatabase>) {
        let (one, other) = (place.open().await, place.open().await);
        assert_eq!((one.engine(), other.engine()), (place.engine(), place.engine()));
        let mut transaction = one.begin().await.expect("a transaction");
        transaction.execute("CREATE TABLE only_here (id INTEGER)", &[]).await.expect("a table");
        transaction.commit().await.expect("a commit");
        assert!(other.query::<()>("SELECT id FROM only_here", &[]).await.is_ok());
    }
}
