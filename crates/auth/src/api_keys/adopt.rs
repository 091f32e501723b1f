//! The first use of a key that an import brought.

use vestibule_database::{Error, FromRow, transaction, values};

use super::{ApiKeyId, api_key_hash};
use crate::AuthModule;
use crate::api_keys::token::redacted;

#[derive(FromRow)]
struct Imported {
    id: ApiKeyId,
    imported_hash: String,
}

/// How many keys of one visible part are tried.
const MOST: u32 = 4;

impl AuthModule {
    /// Finds the key of an import with this token, whose own program has a slow hash of it, and gives it our hash. Returns whether
    /// there was one: it is found by its token from then on. A token whose visible part no imported key has costs one indexed
    /// lookup.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Unavailable`] if too many hashes are being computed.
    pub async fn adopt_imported_api_key(&self, token: &str) -> Result<bool, Error> {
        let Some(hash) = api_key_hash(token) else { return Ok(false) };
        let text = "SELECT id, imported_hash FROM auth_api_keys
                    WHERE redacted = $1 AND imported_hash IS NOT NULL AND type = 'secret' AND deleted_at IS NULL LIMIT $2";
        let found: Vec<Imported> = self.database.query(text, values![redacted(token), MOST]).await?;
        for Imported { id, imported_hash } in found {
            let verdict = self.passwords.verify(token, Some(&imported_hash)).await;
            let verdict = verdict.map_err(|error| Error::Unavailable(error.into()))?;
            if verdict.matches {
                let text = "UPDATE auth_api_keys SET token_hash = $2, imported_hash = NULL
                            WHERE id = $1 AND imported_hash IS NOT NULL";
                return transaction!(self.database, |transaction| {
                    transaction.execute(text, values![id, hash]).await.map(|_| true)
                });
            }
        }
        Ok(false)
    }
}
