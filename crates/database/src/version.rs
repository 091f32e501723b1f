//! Whether anything has been committed meanwhile: what is kept of earlier reads can be trusted for as long as nothing
//! has.
//!
//! Both engines know it without reading a table. SQLite counts, for a connection, how often others have committed
//! (`PRAGMA data_version`), in whatever process they are. PostgreSQL gives each transaction that writes a number, and a
//! snapshot says which numbers were over: two snapshots that are the same see the same.

use crate::database::Driver;
use crate::reads::{Scalar, due};
use crate::{Database, Error};

/// What was committed so far, see [`Database::version`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(Mark);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Commits(i64),
    Snapshot(String),
}

impl Database {
    /// A sign for what is committed now, by any process. While it is the same, every read finds what it found before.
    /// To keep something, ask for the version first and read then: a commit between the two makes what is kept look
    /// older than it is, never newer.
    ///
    /// Signs of two handles (other than clones) say nothing of each other. They may differ where nothing of interest has
    /// changed: on PostgreSQL, everything that is written in its whole cluster counts.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn version(&self) -> Result<Version, Error> {
        let mark = match self.driver() {
            Driver::Sqlite(sqlite) => {
                let text = "PRAGMA data_version".into();
                let rows: Vec<Scalar<i64>> = sqlite.watch(|connection| crate::sqlite::query(connection, &text, &[]))?;
                Mark::Commits(due(rows.into_iter().next().and_then(|count| count.0))?)
            }
            Driver::Postgres(_) => Mark::Snapshot(self.query_scalar("SELECT pg_current_snapshot()::text", &[]).await?),
        };
        Ok(Version(mark))
    }
}
