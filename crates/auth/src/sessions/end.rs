//! Ending sessions.

use vestibule_database::{Error, transaction, values};

use super::SessionId;
use crate::{AuthIdentityId, AuthModule};

impl AuthModule {
    /// Ends a session: its tokens and its cookie are dead from then on. Tells whether there was one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_session(&self, id: SessionId) -> Result<bool, Error> {
        transaction!(self.database, |transaction| {
            Ok(transaction.execute("DELETE FROM auth_sessions WHERE id = $1", values![id]).await? > 0)
        })
    }

    /// Ends every session of an identity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_sessions_of(&self, identity: AuthIdentityId) -> Result<u64, Error> {
        transaction!(self.database, |transaction| {
            transaction.execute("DELETE FROM auth_sessions WHERE auth_identity_id = $1", values![identity]).await
        })
    }
}
