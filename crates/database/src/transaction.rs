//! Work that is committed whole or not at all.

use std::ops::{ControlFlow, Deref, DerefMut};
use std::sync::Arc;

use vestibule_core::Value;

use crate::announcements::Board;
use crate::{Engine, Error, FromRow, Sql, postgres, sqlite};

/// A transaction. Dropped without [`commit`](Transaction::commit), it is rolled back.
///
/// Do nothing slow while holding one: on SQLite every other writer waits for it.
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Transaction {
    driver: Driver,
    board: Arc<Board>,
    announces: bool,
}

enum Driver {
    Sqlite(sqlite::Transaction),
    Postgres(Box<postgres::Transaction>),
}

impl Transaction {
    pub(crate) fn sqlite(transaction: sqlite::Transaction, board: Arc<Board>) -> Self {
        Self { driver: Driver::Sqlite(transaction), board, announces: false }
    }

    pub(crate) fn postgres(transaction: postgres::Transaction, board: Arc<Board>) -> Self {
        Self { driver: Driver::Postgres(Box::new(transaction)), board, announces: false }
    }

    /// Announces, once this is committed, that there is something for which others wait: see
    /// [`Database::announcements`](crate::Database::announcements).
    pub fn announce(&mut self) {
        self.announces = true;
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        match self.driver {
            Driver::Sqlite(_) => Engine::Sqlite,
            Driver::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement and reads the rows that it returns.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. On PostgreSQL only a rollback is possible after one, unless it happened within a
    /// [`Savepoint`].
    pub async fn query<T: FromRow>(&mut self, statement: impl Into<Sql>, values: &[Value]) -> Result<Vec<T>, Error> {
        let statement = statement.into();
        match &mut self.driver {
            Driver::Sqlite(transaction) => transaction.query(&statement, values),
            Driver::Postgres(transaction) => transaction.query(&statement, values).await,
        }
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// # Errors
    ///
    /// As for [`Transaction::query`].
    pub async fn execute(&mut self, statement: impl Into<Sql>, values: &[Value]) -> Result<u64, Error> {
        let statement = statement.into();
        match &mut self.driver {
            Driver::Sqlite(transaction) => transaction.execute(&statement, values),
            Driver::Postgres(transaction) => transaction.execute(&statement, values).await,
        }
    }

    /// Runs a statement of which only matters that it succeeds, and does not wait for that: on PostgreSQL it takes no round
    /// trip of its own. If it fails, the next statement that is waited for fails with its error, or the commit does.
    ///
    /// # Errors
    ///
    /// As for [`Transaction::query`]; errors of earlier statements that were not waited for, too.
    pub async fn execute_pipelined(&mut self, statement: impl Into<Sql>, values: &[Value]) -> Result<(), Error> {
        let statement = statement.into();
        match &mut self.driver {
            Driver::Sqlite(transaction) => transaction.execute(&statement, values).map(drop),
            Driver::Postgres(transaction) => transaction.execute_pipelined(&statement, values).await,
        }
    }

    /// Begins a savepoint, to which the work can be rolled back without losing what came before it.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn savepoint(&mut self) -> Result<Savepoint<'_>, Error> {
        self.batch("SAVEPOINT inner_work").await?;
        Ok(Savepoint { transaction: self, open: true })
    }

    /// Makes the work durable: when this returns, it would survive a loss of power.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the database could not commit, or was lost before it responded; in the latter case
    /// the work may have been done.
    pub async fn commit(self) -> Result<(), Error> {
        match self.driver {
            Driver::Sqlite(transaction) => transaction.commit().await,
            Driver::Postgres(transaction) => transaction.commit().await,
        }?;
        if self.announces {
            self.board.raise();
        }
        Ok(())
    }

    /// Undoes the work, as dropping does.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; the work is undone all the same.
    pub async fn rollback(self) -> Result<(), Error> {
        match self.driver {
            Driver::Sqlite(transaction) => {
                drop(transaction);
                Ok(())
            }
            Driver::Postgres(transaction) => transaction.rollback().await,
        }
    }

    async fn batch(&mut self, text: &'static str) -> Result<(), Error> {
        match &mut self.driver {
            Driver::Sqlite(transaction) => transaction.batch(text),
            Driver::Postgres(transaction) => transaction.batch(text).await,
        }
    }

    /// Ends an attempt of [`transaction!`](crate::transaction!): commits a success, and returns whether a failure is
    /// worth a retry because PostgreSQL found that two transactions conflict.
    #[doc(hidden)]
    pub async fn settle<T, E: From<Error>>(
        self,
        result: Result<T, E>,
        retries: &mut Retries,
    ) -> ControlFlow<Result<T, E>> {
        let mut is_conflicted = match &self.driver {
            Driver::Sqlite(_) => false,
            Driver::Postgres(transaction) => transaction.is_conflicted(),
        };
        let result = match result {
            Err(error) => Err(error),
            Ok(value) => match self.commit().await {
                Ok(()) => Ok(value),
                Err(error) => {
                    is_conflicted |= postgres::is_conflict(&error);
                    Err(error.into())
                }
            },
        };
        if result.is_err() && is_conflicted && retries.another() {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(result)
    }
}

/// Counts the attempts of [`transaction!`](crate::transaction!).
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Retries(u32);

impl Retries {
    const MAX: u32 = 8;

    fn another(&mut self) -> bool {
        self.0 += 1;
        self.0 <= Self::MAX
    }
}

/// Runs work in a transaction of its own: `transaction!(database, |transaction| work(transaction).await)`.
///
/// The work's `Ok` is committed, its `Err` rolled back. If PostgreSQL finds that two transactions conflict (a
/// serialization failure or a deadlock) the work is done again, up to eight times, so it must not consume what it
/// captures. The work's error type must be `From<Error>`.
#[macro_export]
macro_rules! transaction {
    ($database:expr, |$transaction:ident| $work:expr) => {{
        let mut retries = $crate::Retries::default();
        loop {
            let mut transaction = $database.begin().await?;
            let result = async {
                let $transaction = &mut transaction;
                $work
            }
            .await;
            if let ::std::ops::ControlFlow::Break(result) = transaction.settle(result, &mut retries).await {
                break result;
            }
        }
    }};
}

/// A part of a transaction that can be undone alone. Dropped without [`commit`](Savepoint::commit), it is.
#[must_use = "a savepoint that is dropped is rolled back"]
pub struct Savepoint<'a> {
    transaction: &'a mut Transaction,
    open: bool,
}

impl Savepoint<'_> {
    /// Keeps the work as a part of the transaction around it.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn commit(mut self) -> Result<(), Error> {
        // Set before it is sent: a cancelled caller must not undo a savepoint that may be gone.
        self.open = false;
        self.transaction.batch("RELEASE inner_work").await
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        const UNDO: &str = "ROLLBACK TO inner_work; RELEASE inner_work";
        if self.open {
            match &mut self.transaction.driver {
                Driver::Sqlite(transaction) => drop(transaction.batch(UNDO)),
                Driver::Postgres(transaction) => transaction.undo(UNDO),
            }
        }
    }
}

impl Deref for Savepoint<'_> {
    type Target = Transaction;
    fn deref(&self) -> &Transaction {
        self.transaction
    }
}

impl DerefMut for Savepoint<'_> {
    fn deref_mut(&mut self) -> &mut Transaction {
        self.transaction
    }
}
