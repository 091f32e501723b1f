//! Revoking API keys: at once, or at an announced moment. They stay in the list.

use std::time::Duration;

use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Error, Transaction, transaction, values};

use super::{ApiKey, ApiKeyId, ApiKeyKind, RetrieveApiKeyError, columns};
use crate::AuthModule;

/// Why a key was not revoked.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RevokeApiKeyError {
    /// There is none.
    #[error(transparent)]
    Retrieve(#[from] RetrieveApiKeyError),
    /// It is a secret key and already revoked, from that moment on or an earlier one.
    #[error("There are 1 secret keys that are already revoked.")]
    #[kind(InvalidData, code = "api_key_revoked")]
    Revoked,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Revokes a key after this long, on behalf of `by`. Of several revocations the earliest counts: a later one is an
    /// error for a secret key, and changes nothing for a publishable one, as the reference checks secret keys only.
    ///
    /// # Errors
    ///
    /// [`RevokeApiKeyError`].
    pub async fn revoke_api_key(
        &self,
        id: ApiKeyId,
        after: Duration,
        context: Option<&str>,
    ) -> Result<ApiKey, RevokeApiKeyError> {
        transaction!(self.database, |transaction| self.revoke_api_key_within(transaction, id, after, context).await)
    }

    /// Revokes a key within a transaction.
    ///
    /// # Errors
    ///
    /// [`RevokeApiKeyError`]; the transaction must then be rolled back.
    pub async fn revoke_api_key_within(
        &self,
        transaction: &mut Transaction,
        id: ApiKeyId,
        after: Duration,
        context: Option<&str>,
    ) -> Result<ApiKey, RevokeApiKeyError> {
        let now = self.environment.now();
        let at: Timestamp = now + after;
        let text = concat!(
            "UPDATE auth_api_keys SET revoked_at = $2, revoked_by = $3, updated_at = $4
             WHERE id = $1 AND deleted_at IS NULL AND (revoked_at IS NULL OR revoked_at > $2) RETURNING ",
            columns!()
        );
        if let Some(key) = transaction.query_optional(text, values![id, at, context, now]).await? {
            return Ok(key);
        }
        match self.retrieve_api_key_within(transaction, id).await? {
            key if key.kind == ApiKeyKind::Publishable => Ok(key),
            _ => Err(RevokeApiKeyError::Revoked),
        }
    }
}
