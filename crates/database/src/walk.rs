//! Walks through tables: every row is examined, a batch at a time and by the index of its key, so that neither memory nor the time of
//! one statement grows with the table.

use crate::{Error, FromRow, Row};

/// How many rows a batch of a walk reads.
pub const WALK: u32 = 2_000;

/// A batch of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked<T> {
    /// The key of its last row, after which the next batch begins; `None` where there was no row.
    pub last: Option<String>,
    /// What it has found.
    pub found: Vec<T>,
}

/// A row of a statement that examines a batch by itself: `SELECT …, 1 = 0 AS is_last` of each row that it has found, and
/// `SELECT max(…), 1 = 1` of all rows of the batch.
struct Found {
    id: Option<String>,
    is_last: bool,
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { id: row.get_optional("id")?, is_last: row.get("is_last")? })
    }
}

impl Walked<String> {
    /// Reads a batch by a statement that returns the columns `id` and `is_last`: a row with `is_last` false for each id that it has
    /// found, and one with `is_last` true for the last row of the batch.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn read(
        database: &crate::Database,
        statement: &'static str,
        values: &[crate::Value],
    ) -> Result<Self, Error> {
        let mut walked = Self { last: None, found: Vec::new() };
        for Found { id, is_last } in database.scan(statement, values).await? {
            match is_last {
                true => walked.last = id,
                false => walked.found.extend(id),
            }
        }
        Ok(walked)
    }
}
