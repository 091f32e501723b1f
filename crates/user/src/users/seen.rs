//! When a user was last seen.

use std::time::Duration;

use vestibule_core::{Count, MOST_COUNTED, Timestamp};
use vestibule_database::{Error, Transaction, values};

use super::UserId;
use crate::UserModule;

/// The precision: of several uses within a minute, one is written.
const EXACTNESS: Duration = Duration::from_secs(60);

impl UserModule {
    /// Records within a transaction that a user uses the service now, if that is not known to the minute. A time in the
    /// future, from before the clock was set back, is replaced.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn note_seen_within(&self, transaction: &mut Transaction, id: UserId) -> Result<(), Error> {
        let now = self.environment.now();
        let text = "UPDATE users SET last_seen_at = $2
                    WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at <= $3 OR last_seen_at > $2)";
        transaction.execute_pipelined(text, values![id, now, now - EXACTNESS]).await
    }

    /// Counts the users who were seen at this time or later, up to [`MOST_COUNTED`].
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_users_seen_since(&self, since: Timestamp) -> Result<Count, Error> {
        // By the expression that has an index; those who were never seen are sorted by their creation there.
        let text = format!(
            "SELECT count(*) FROM (
                 SELECT 1 FROM users
                 WHERE deleted_at IS NULL AND coalesce(last_seen_at, created_at) >= $1 AND last_seen_at IS NOT NULL
                 LIMIT {}) AS seen",
            MOST_COUNTED + 1
        );
        let counted = self.database.query_scalar(text, values![since]).await?;
        Ok(Count::up_to_most(counted))
    }
}
