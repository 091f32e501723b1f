//! Taking away what has had its time. Nothing depends on it: expiry is checked whenever a row is used.

use vestibule_database::{Error, transaction, values};

use crate::AuthModule;

impl AuthModule {
    /// Deletes registrations that nobody claimed in time and sessions that are over, and tells how many rows went.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_expired(&self) -> Result<u64, Error> {
        let now = self.environment.now();
        transaction!(self.database, |transaction| {
            let identities =
                transaction.execute("DELETE FROM auth_identities WHERE expires_at <= $1", values![now]).await?;
            let sessions =
                transaction.execute("DELETE FROM auth_sessions WHERE expires_at <= $1", values![now]).await?;
            Ok(identities + sessions)
        })
    }
}
