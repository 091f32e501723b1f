//! Confirming a code.

use vestibule_core::{DomainError, EmailAddress};
use vestibule_database::{Connection, Error, Transaction, transaction, values};

use super::{DEFAULT_PROVIDER, Verification, columns, hash};
use crate::{AuthIdentityId, AuthModule};

/// Why nothing was confirmed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ConfirmVerificationError {
    /// There is no such provider.
    #[error("There is no verification provider {0}")]
    #[kind(InvalidData)]
    UnknownProvider(String),
    /// The code was used, was replaced by a newer one, or never existed.
    #[error("Verification code is invalid or already used")]
    #[kind(NotAllowed, code = "verification_code_invalid")]
    Invalid,
    /// It has expired.
    #[error("Verification code has expired")]
    #[kind(NotAllowed, code = "verification_code_expired")]
    Expired,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Confirms an address by the code that was sent there. The caller need not be authenticated.
    ///
    /// # Errors
    ///
    /// [`ConfirmVerificationError`].
    pub async fn confirm_auth_verification(
        &self,
        code: &str,
        code_provider: Option<&str>,
    ) -> Result<Verification, ConfirmVerificationError> {
        transaction!(self.database, |transaction| {
            self.confirm_auth_verification_within(transaction, code, code_provider).await
        })
    }

    /// The same within a transaction. Of concurrent callers, one succeeds.
    ///
    /// # Errors
    ///
    /// [`ConfirmVerificationError`]; the transaction must then be rolled back.
    pub async fn confirm_auth_verification_within(
        &self,
        transaction: &mut Transaction,
        code: &str,
        code_provider: Option<&str>,
    ) -> Result<Verification, ConfirmVerificationError> {
        let provider = code_provider.unwrap_or(DEFAULT_PROVIDER);
        if self.find_verification_provider(provider).is_none() {
            return Err(ConfirmVerificationError::UnknownProvider(provider.to_owned()));
        }
        let (hash, now) = (hash(code), self.environment.now());
        let text = concat!(
            "UPDATE auth_verifications SET verified_at = $3, updated_at = $3
             WHERE code_hash = $1 AND code_provider = $2 AND verified_at IS NULL AND expires_at > $3 RETURNING ",
            columns!()
        );
        if let Some(verified) = transaction.query_optional(text, values![hash, provider, now]).await? {
            return Ok(verified);
        }
        let text = "SELECT 1 AS one FROM auth_verifications
                    WHERE code_hash = $1 AND code_provider = $2 AND verified_at IS NULL AND expires_at <= $3";
        let is_late = transaction.query_optional::<()>(text, values![hash, provider, now]).await?.is_some();
        Err(if is_late { ConfirmVerificationError::Expired } else { ConfirmVerificationError::Invalid })
    }

    /// Whether an address was verified for an identity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_verified(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
        entity_type: &str,
        entity_id: &str,
    ) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM auth_verifications
                    WHERE auth_identity_id = $1 AND entity_type = $2 AND canonical = $3 AND verified_at IS NOT NULL";
        let values = values![identity, entity_type, EmailAddress::canonical_or_text(entity_id)];
        Ok(connection.into().query_optional::<()>(text, values).await?.is_some())
    }
}
