//! Whether anything has been committed since a read: cached reads are valid for as long as nothing has.
//!
//! Both engines know it without reading a table. SQLite counts, for a connection, the commits of others (`PRAGMA
//! data_version`), in any process. PostgreSQL gives each transaction that writes a number, and a snapshot lists which
//! numbers were finished: two equal snapshots see the same, on one server that has not crashed in between. A server that
//! takes over, or recovers, gives the numbers again that nothing durable has used.

use crate::database::Driver;
use crate::reads::{Scalar, due};
use crate::{Database, Error};

/// A version of the committed data, see [`Database::version`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(Mark);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Commits(i64),
    Snapshot {
        /// The snapshot, and the start of the server that took it.
        text: String,
        /// The number of connections that this process had lost by then: the crash of one backend ends them all.
        lost: u64,
    },
}

impl Database {
    /// Returns the version of what is committed now, by any process. While it is the same, every read returns the same.
    /// To cache a read, get the version first and then read: a commit between the two makes the cached read look older
    /// than it is, never newer.
    ///
    /// Versions of two handles (other than clones) are not comparable. They may differ although nothing of interest has
    /// changed: on PostgreSQL, every write in its whole cluster counts.
    ///
    /// # Errors
    ///
    /// Any [`Error`], always so on an engine where a commit does not change the version.
    pub async fn version(&self) -> Result<Version, Error> {
        let mark = match self.driver() {
            Driver::Sqlite(sqlite) => {
                let text = "PRAGMA data_version".into();
                let rows: Vec<Scalar<i64>> = sqlite.watch(|connection| crate::sqlite::query(connection, &text, &[]))?;
                Mark::Commits(due(rows.into_iter().next().and_then(|count| count.0))?)
            }
            Driver::Postgres(postgres) if !postgres.has_versions() => {
                return Err(Error::other("the snapshots of this engine do not change with each commit"));
            }
            Driver::Postgres(postgres) => {
                let text = "SELECT concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time())";
                let text = self.query_scalar(text, &[]).await?;
                Mark::Snapshot { text, lost: postgres.lost_connections() }
            }
        };
        Ok(Version(mark))
    }
}
