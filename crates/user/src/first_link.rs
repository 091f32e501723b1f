//! The link by which the first user is created. There is one at most; the database keeps only the hash of its token.

use vestibule_core::Timestamp;
use vestibule_database::{Connection, Error, Transaction, values};

use crate::UserModule;

impl UserModule {
    /// Replaces the previous link, within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn replace_first_link_within(
        &self,
        transaction: &mut Transaction,
        token_hash: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let text = "INSERT INTO user_first_link (id, token_hash, expires_at) VALUES (1, $1, $2)
                    ON CONFLICT (id) DO UPDATE SET token_hash = $1, expires_at = $2";
        transaction.execute_pipelined(text, values![token_hash, expires_at]).await
    }

    /// Whether a token belongs to the link and the link has not expired.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_first_link(
        &self,
        connection: impl Into<Connection<'_>>,
        token_hash: [u8; 32],
    ) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM user_first_link WHERE token_hash = $1 AND expires_at > $2";
        let values = values![token_hash, self.environment.now()];
        Ok(connection.into().query_optional::<()>(text, values).await?.is_some())
    }

    /// Uses up the link of a token, within a transaction, and returns whether there was one. Of concurrent callers, one
    /// succeeds.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn use_first_link_within(
        &self,
        transaction: &mut Transaction,
        token_hash: [u8; 32],
    ) -> Result<bool, Error> {
        let text = "DELETE FROM user_first_link WHERE token_hash = $1 AND expires_at > $2";
        Ok(transaction.execute(text, values![token_hash, self.environment.now()]).await? > 0)
    }
}
