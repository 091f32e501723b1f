//! When a user was last seen.

use std::time::Duration;

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
}
