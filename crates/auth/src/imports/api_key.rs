//! API keys of an import.

use std::fmt;

use vestibule_core::Timestamp;
use vestibule_database::{Error, Transaction, values};

use crate::api_keys::title;
use crate::{ApiKeyId, ApiKeyKind, AuthModule};

/// A key.
#[derive(Debug, Clone)]
pub struct ImportApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// The title.
    pub title: String,
    /// What is known of its token.
    pub token: ImportedToken,
    /// The visible part of the token.
    pub redacted: String,
    /// The user who created it.
    pub created_by: Option<String>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it is revoked.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was soft-deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What is known of a token. Printed without it.
#[derive(Clone)]
pub enum ImportedToken {
    /// The token of a publishable key.
    Publishable(String),
    /// The hash of a secret key, which [`is_readable_hash`](crate::passwords::is_readable_hash) has accepted.
    Hash(String),
}

impl fmt::Debug for ImportedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportedToken(…)")
    }
}

impl AuthModule {
    /// Writes a key.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Unique`] where its id or token is taken. The transaction must then be rolled back.
    pub async fn import_api_key_within(&self, transaction: &mut Transaction, key: &ImportApiKey) -> Result<(), Error> {
        let (kind, token_hash, publishable, imported) = match &key.token {
            ImportedToken::Publishable(token) => {
                let hash = <sha2::Sha256 as sha2::Digest>::digest(token.as_bytes()).into();
                (ApiKeyKind::Publishable, hash, Some(token), None)
            }
            ImportedToken::Hash(hash) => (ApiKeyKind::Secret, self.environment.random_bytes::<32>(), None, Some(hash)),
        };
        let text = "INSERT INTO auth_api_keys (id, title, token_hash, redacted, created_by, last_used_at, revoked_at, revoked_by,
                        search_text, created_at, updated_at, deleted_at, type, publishable_token, imported_hash)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        let values = values![
            key.id,
            &key.title,
            token_hash,
            &key.redacted,
            &key.created_by,
            key.last_used_at,
            key.revoked_at,
            &key.revoked_by,
            title::search_text(&key.title, &key.redacted),
            key.created_at,
            key.updated_at,
            key.deleted_at,
            kind,
            publishable.cloned(),
            imported.cloned(),
        ];
        transaction.execute_pipelined(text, values).await
    }
}
