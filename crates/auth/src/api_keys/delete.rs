//! Deleting API keys that are revoked or expired.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{ApiKeyId, RetrieveApiKeyError};
use crate::AuthModule;

/// Why a key was not deleted.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum DeleteApiKeyError {
    /// It still works.
    #[error("Cannot delete api keys that are not revoked - {id}")]
    #[kind(NotAllowed, code = "api_key_not_revoked")]
    NotRevoked {
        /// The id that was given.
        id: ApiKeyId,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Marks a key as deleted if it is revoked or has expired. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`DeleteApiKeyError`].
    pub async fn delete_api_key(&self, id: ApiKeyId) -> Result<bool, DeleteApiKeyError> {
        transaction!(self.database, |transaction| self.delete_api_key_within(transaction, id).await)
    }

    /// Marks a key as deleted within a transaction.
    ///
    /// # Errors
    ///
    /// [`DeleteApiKeyError`]; the transaction must then be rolled back.
    pub async fn delete_api_key_within(
        &self,
        transaction: &mut Transaction,
        id: ApiKeyId,
    ) -> Result<bool, DeleteApiKeyError> {
        let text = "UPDATE auth_api_keys SET deleted_at = $2, updated_at = $2
                    WHERE id = $1 AND deleted_at IS NULL AND (revoked_at <= $2 OR expires_at <= $2)";
        if transaction.execute(text, values![id, self.environment.now()]).await? > 0 {
            return Ok(true);
        }
        match self.retrieve_api_key_within(transaction, id).await {
            Ok(_) => Err(DeleteApiKeyError::NotRevoked { id }),
            Err(RetrieveApiKeyError::NotFound { .. }) => Ok(false),
            Err(RetrieveApiKeyError::Database(error)) => Err(error.into()),
        }
    }
}
