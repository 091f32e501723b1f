//! Taking away what has had its time. Nothing depends on it: expiry is checked whenever a row is used.

use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction, values};

use crate::AuthModule;

/// How many rows one transaction deletes at most: other writers wait for it, and PostgreSQL's patience has an end.
const PORTION: u32 = 1_000;

impl AuthModule {
    /// Deletes registrations that nobody claimed in time, sessions and tokens that are over, and tries that do not count
    /// any more, and tells how many rows went.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. What was deleted before stays deleted.
    pub async fn delete_expired(&self) -> Result<u64, Error> {
        let now = self.environment.now();
        let mut deleted = 0;
        // The condition stands twice: a registration that is claimed after it was selected must not be deleted.
        for text in [
            "DELETE FROM auth_identities WHERE expires_at <= $1
                 AND id IN (SELECT id FROM auth_identities WHERE expires_at <= $1 LIMIT $2)",
            "DELETE FROM auth_sessions WHERE expires_at <= $1
                 AND id IN (SELECT id FROM auth_sessions WHERE expires_at <= $1 LIMIT $2)",
            "DELETE FROM auth_attempts WHERE window_ends_at <= $1
                 AND account IN (SELECT account FROM auth_attempts WHERE window_ends_at <= $1 LIMIT $2)",
            "DELETE FROM auth_password_resets WHERE expires_at <= $1 AND provider_identity_id IN (
                 SELECT provider_identity_id FROM auth_password_resets WHERE expires_at <= $1 LIMIT $2)",
        ] {
            loop {
                let rows = self.delete_portion(text, now).await?;
                deleted += rows;
                if rows < u64::from(PORTION) {
                    break;
                }
            }
        }
        Ok(deleted)
    }

    async fn delete_portion(&self, text: &'static str, now: Timestamp) -> Result<u64, Error> {
        transaction!(self.database, |transaction| transaction.execute(text, values![now, PORTION]).await)
    }
}
