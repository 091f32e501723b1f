//! Retrieving one API key by id.

use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, values};

use super::{ApiKey, ApiKeyId, columns};
use crate::AuthModule;

/// Why a key was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveApiKeyError {
    /// There is none, or no longer.
    #[error("API Key with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Retrieves the key of this id, also an expired or revoked one.
    ///
    /// # Errors
    ///
    /// [`RetrieveApiKeyError`].
    pub async fn retrieve_api_key(&self, id: ApiKeyId) -> Result<ApiKey, RetrieveApiKeyError> {
        self.retrieve_api_key_within(&self.database, id).await
    }

    /// Finds a key within a transaction.
    ///
    /// # Errors
    ///
    /// [`RetrieveApiKeyError`].
    pub async fn retrieve_api_key_within(
        &self,
        connection: impl Into<Connection<'_>>,
        id: ApiKeyId,
    ) -> Result<ApiKey, RetrieveApiKeyError> {
        let text = concat!("SELECT ", columns!(), " FROM auth_api_keys WHERE id = $1 AND deleted_at IS NULL");
        let found = connection.into().query_optional(text, values![id]).await?;
        found.ok_or_else(|| RetrieveApiKeyError::NotFound { id: id.to_string() })
    }
}
