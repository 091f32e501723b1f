//! Inserting many rows.

use std::fmt::Write as _;

use vestibule_core::Value;

use crate::{Error, Transaction};

/// The most values of a statement. SQLite would take 32,766, PostgreSQL 65,535; beyond this one, nothing gets faster.
const MOST_VALUES: usize = 2_000;

impl Transaction {
    /// Inserts rows by few statements: what a statement costs by itself, and what its triggers do once, is then paid for many rows.
    /// `insert` is the beginning, `INSERT INTO table (column, …)`. It is not waited for, as by
    /// [`execute_pipelined`](Self::execute_pipelined).
    ///
    /// # Errors
    ///
    /// As for [`execute_pipelined`](Self::execute_pipelined).
    pub async fn insert_rows<const COLUMNS: usize>(
        &mut self,
        insert: &'static str,
        rows: Vec<[Value; COLUMNS]>,
    ) -> Result<(), Error> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let count = rows.len().min((MOST_VALUES / COLUMNS.max(1)).max(1));
            let mut text = format!("{insert} VALUES ");
            for row in 0..count {
                for column in 0..COLUMNS {
                    let before = match (row, column) {
                        (0, 0) => "(",
                        (_, 0) => "), (",
                        _ => ", ",
                    };
                    // Writing to a text cannot fail.
                    let _ = write!(text, "{before}${}", row * COLUMNS + column + 1);
                }
            }
            text.push(')');
            let values: Vec<Value> = rows.by_ref().take(count).flatten().collect();
            self.execute_pipelined(text, &values).await?;
        }
        Ok(())
    }
}
