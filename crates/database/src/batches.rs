//! Background work on many rows: a few in each transaction, so that no one waits long for it.

use crate::{Database, Engine, Error, Sql, Value, transaction};

impl Database {
    /// How many rows a transaction of background work may write. SQLite has one writer at a time, and the others wait for as long as
    /// it takes; on PostgreSQL only those wait who write the same rows, and each transaction costs a flush of the log.
    pub fn batch(&self) -> u32 {
        match self.engine() {
            Engine::Sqlite => 100,
            Engine::Postgres => 1_000,
        }
    }

    /// Runs a statement again and again, each time in a transaction of its own, until it changes fewer rows than a batch has: its
    /// last value is [`Database::batch`], after those that are given. Returns how many rows it changed in all.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. What was done before stays done.
    pub async fn execute_in_batches(&self, statement: impl Into<Sql>, values: &[Value]) -> Result<u64, Error> {
        let (statement, batch) = (statement.into(), self.batch());
        let values: Vec<Value> = values.iter().cloned().chain([batch.into()]).collect();
        let mut total = 0;
        loop {
            let rows: Result<u64, Error> =
                transaction!(self, |transaction| transaction.execute(statement.clone(), &values).await);
            let rows = rows?;
            total += rows;
            if rows < u64::from(batch) {
                return Ok(total);
            }
        }
    }
}
