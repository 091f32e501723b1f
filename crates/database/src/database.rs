//! The handle on the database.

use std::path::Path;
use std::sync::Arc;

use vestibule_core::Value;

use crate::announcements::Board;
use crate::config::Location;
use crate::reads::due;
use crate::{Config, Engine, Error, FromRow, Sql, Transaction, postgres, sqlite};

/// A database. Cheap to clone; all clones share its connections.
#[derive(Clone)]
pub struct Database {
    driver: Driver,
    board: Arc<Board>,
}

#[derive(Clone)]
pub(crate) enum Driver {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl Database {
    /// Opens the database. A missing SQLite file is created, readable by its owner alone; PostgreSQL is connected to on
    /// first use, so an unavailable server does not prevent the start.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if a SQLite file cannot be opened; [`Error::Other`] if a certificate named by the
    /// URL cannot be read.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let driver = match &config.location {
            Location::Sqlite(path) => Driver::Sqlite(Arc::new(sqlite::Sqlite::open(path, config)?)),
            Location::Postgres(address) => Driver::Postgres(Arc::new(postgres::Postgres::open(address, config)?)),
        };
        Ok(Self { driver, board: Arc::default() })
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        match self.driver {
            Driver::Sqlite(_) => Engine::Sqlite,
            Driver::Postgres(_) => Engine::Postgres,
        }
    }

    /// The SQLite file, if opening the database created it.
    pub fn created_file(&self) -> Option<&Path> {
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.is_new().then(|| sqlite.path()),
            Driver::Postgres(_) => None,
        }
    }

    pub(crate) fn driver(&self) -> &Driver {
        &self.driver
    }

    pub(crate) fn board(&self) -> &Board {
        &self.board
    }

    /// Reads rows, outside any transaction. `statement` must not write.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn query<T: FromRow>(&self, statement: impl Into<Sql>, values: &[Value]) -> Result<Vec<T>, Error> {
        let statement = statement.into();
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.read(|connection| sqlite::query(connection, &statement, values)),
            Driver::Postgres(postgres) => postgres.query(&statement, values).await,
        }
    }

    /// Reads rows by a statement whose cost grows with its table: on SQLite, other tasks are moved out of its way if it
    /// takes long. [`Database::query`] is for reads that find their rows by an index.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn scan<T: FromRow>(&self, statement: impl Into<Sql>, values: &[Value]) -> Result<Vec<T>, Error> {
        let statement = statement.into();
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.scan(|connection| sqlite::query(connection, &statement, values)),
            Driver::Postgres(postgres) => postgres.query(&statement, values).await,
        }
    }

    /// Begins a transaction. It is rolled back unless it is committed. [`transaction!`](crate::transaction!) does both,
    /// and retries where PostgreSQL found that two transactions conflict.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if no connection, or on SQLite no lock to write, is available in time.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        let board = Arc::clone(&self.board);
        Ok(match &self.driver {
            Driver::Sqlite(sqlite) => Transaction::sqlite(sqlite.begin().await?, board),
            Driver::Postgres(postgres) => Transaction::postgres(postgres.begin().await?, board),
        })
    }

    /// Checks that the database responds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn ping(&self) -> Result<(), Error> {
        self.query::<()>("SELECT 1", &[]).await.map(drop)
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

/// The database, or a transaction on it: for reads that must work in both.
pub enum Connection<'a> {
    /// Outside any transaction.
    Database(&'a Database),
    /// Within one: sees its writes.
    Transaction(&'a mut Transaction),
}

impl<'a> From<&'a Database> for Connection<'a> {
    fn from(database: &'a Database) -> Self {
        Self::Database(database)
    }
}

impl<'a> From<&'a mut Transaction> for Connection<'a> {
    fn from(transaction: &'a mut Transaction) -> Self {
        Self::Transaction(transaction)
    }
}

impl Connection<'_> {
    /// The engine.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Database(database) => database.engine(),
            Self::Transaction(transaction) => transaction.engine(),
        }
    }

    /// Reborrows the connection.
    pub fn again(&mut self) -> Connection<'_> {
        match self {
            Self::Database(database) => Connection::Database(database),
            Self::Transaction(transaction) => Connection::Transaction(transaction),
        }
    }

    /// Reads rows.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn query<T: FromRow>(&mut self, statement: impl Into<Sql>, values: &[Value]) -> Result<Vec<T>, Error> {
        match self {
            Self::Database(database) => database.query(statement, values).await,
            Self::Transaction(transaction) => transaction.query(statement, values).await,
        }
    }

    pub(crate) async fn scan<T: FromRow>(&mut self, statement: &Sql, values: &[Value]) -> Result<Vec<T>, Error> {
        match self {
            Self::Database(database) => database.scan(statement, values).await,
            Self::Transaction(transaction) => transaction.query(statement, values).await,
        }
    }
}

/// Returns one or many, as was requested, see [`OneOrMany`](vestibule_core::OneOrMany).
///
/// # Errors
///
/// [`Error::Other`] if one result is required and there is none.
pub fn in_kind<I: vestibule_core::OneOrMany<T>, T, U>(results: Vec<U>) -> Result<I::Output<U>, Error> {
    due(I::from_list(results))
}
