//! Using a recovery code outside a challenge.

use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};

use super::RECOVERY_CODE;
use crate::{AttemptError, AuthIdentityId, AuthModule};

/// Why a recovery code was not used.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UseRecoveryCodeError {
    /// It is wrong, or was used already.
    #[error("Recovery code is invalid or already used")]
    #[kind(NotAllowed)]
    Wrong,
    /// Too many attempts of this account have failed.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Uses a recovery code of the owner of this identity. It counts once (security.md 19), and a wrong one is a failed
    /// attempt of the account (security.md 11).
    ///
    /// # Errors
    ///
    /// [`UseRecoveryCodeError`].
    pub async fn use_auth_mfa_recovery_code(
        &self,
        identity: AuthIdentityId,
        code: &str,
    ) -> Result<(), UseRecoveryCodeError> {
        let tried = self.try_mfa_code(identity, Some(RECOVERY_CODE), code).await?;
        let (proof, taken) = tried.ok_or(UseRecoveryCodeError::Wrong)?;
        let used: Result<bool, Error> =
            transaction!(self.database, |transaction| self.use_mfa_proof_within(transaction, &proof).await);
        if !used? {
            return Err(UseRecoveryCodeError::Wrong);
        }
        Ok(self.refund_attempt(taken).await?)
    }
}
