//! Renaming an API key. Nothing else of it can be changed.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{ApiKey, ApiKeyId, InvalidTitle, columns, title};
use crate::AuthModule;

/// Why a key was not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UpdateApiKeyError {
    /// There is none, or no longer.
    #[error("API Key with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The title is invalid.
    #[error(transparent)]
    Title(#[from] InvalidTitle),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Changes the title of a key.
    ///
    /// # Errors
    ///
    /// [`UpdateApiKeyError`].
    pub async fn update_api_key(&self, id: ApiKeyId, title: &str) -> Result<ApiKey, UpdateApiKeyError> {
        transaction!(self.database, |transaction| self.update_api_key_within(transaction, id, title).await)
    }

    /// Changes the title of a key within a transaction.
    ///
    /// # Errors
    ///
    /// [`UpdateApiKeyError`]; the transaction must then be rolled back.
    pub async fn update_api_key_within(
        &self,
        transaction: &mut Transaction,
        id: ApiKeyId,
        title: &str,
    ) -> Result<ApiKey, UpdateApiKeyError> {
        title::check(title)?;
        let not_found = || UpdateApiKeyError::NotFound { id: id.to_string() };
        let text = concat!("SELECT ", columns!(), " FROM auth_api_keys WHERE id = $1 AND deleted_at IS NULL");
        let present: ApiKey = transaction.query_optional(text, values![id]).await?.ok_or_else(not_found)?;
        let text = concat!(
            "UPDATE auth_api_keys SET title = $2, search_text = $3, updated_at = $4
             WHERE id = $1 AND deleted_at IS NULL RETURNING ",
            columns!()
        );
        let search_text = title::search_text(title, &present.redacted);
        let updated = transaction.query_optional(text, values![id, title, search_text, self.environment.now()]).await?;
        updated.ok_or_else(not_found)
    }
}
