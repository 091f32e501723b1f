//! A transaction on PostgreSQL: a pooled connection between BEGIN and COMMIT.

use vestibule_core::Value;

use super::{Connection, is_conflict};
use crate::{Error, FromRow, Sql};

pub(crate) struct Transaction {
    connection: Connection,
    conflict: bool,
    failed: bool,
    done: bool,
}

impl Transaction {
    pub(super) fn begin(connection: Connection) -> Result<Self, Error> {
        // Created before BEGIN is sent: if the caller is cancelled, dropping it ends what may have begun.
        let mut transaction = Self { connection, conflict: false, failed: false, done: false };
        transaction.connection.begin()?;
        Ok(transaction)
    }

    pub(crate) async fn query<T: FromRow>(&mut self, sql: &Sql, values: &[Value]) -> Result<Vec<T>, Error> {
        let result = self.connection.query(sql, values).await;
        self.note(result)
    }

    pub(crate) async fn execute(&mut self, sql: &Sql, values: &[Value]) -> Result<u64, Error> {
        let result = self.connection.execute(sql, values).await;
        self.note(result)
    }

    pub(crate) async fn execute_pipelined(&mut self, sql: &Sql, values: &[Value]) -> Result<(), Error> {
        let result = self.connection.execute_pipelined(sql, values).await;
        self.note(result)
    }

    pub(crate) async fn batch(&mut self, text: &str) -> Result<(), Error> {
        let result = self.connection.batch(text).await;
        self.note(result)
    }

    fn note<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.conflict |= result.as_ref().is_err_and(is_conflict) || self.connection.is_stale;
        self.failed |= result.is_err();
        result
    }

    /// Whether a statement failed because of another transaction, or because it must be prepared again, so that a retry
    /// may succeed.
    pub(crate) fn is_conflicted(&self) -> bool {
        self.conflict
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.connection.client()?;
        // After a failed statement, COMMIT reports success and rolls back.
        if self.failed {
            return Err(Error::other("a statement of this transaction failed, so it cannot be committed"));
        }
        self.batch("COMMIT").await?;
        self.done = true;
        Ok(())
    }

    pub(crate) async fn rollback(mut self) -> Result<(), Error> {
        self.done = true;
        self.batch("ROLLBACK").await
    }

    /// Rolls back to a savepoint, without waiting for the response.
    pub(crate) fn undo(&mut self, text: &str) {
        self.connection.send_last(text);
        self.failed = false;
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.done {
            self.connection.send_last("ROLLBACK");
        }
    }
}
