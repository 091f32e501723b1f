//! Proving a factor, which enables a pending one.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::proof::StoredSecret;
use super::{FactorChange, MfaFactor, MfaFactorId, MfaStatus, factor_columns, lock_enabled};
use crate::attempts::Counter;
use crate::{Attempt, AttemptError, AuthIdentityId, AuthModule, SessionId};

/// Why a factor was not proved.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum VerifyMfaError {
    /// There is none, or it is another caller's.
    #[error("MFA factor with id \"{0}\" was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// It was disabled.
    #[error("Disabled MFA factors cannot be verified")]
    #[kind(NotAllowed)]
    Disabled,
    /// The code is wrong, or was used already. With the provider's name.
    #[error("Invalid {} code", .0.to_uppercase())]
    #[kind(NotAllowed)]
    WrongCode(String),
    /// Too many attempts of this account have failed.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A factor whose code was right when examined. The attempt that was counted for it is refunded once the factor was
/// verified: [`AuthModule::refund_attempt`].
#[derive(Debug)]
pub struct ExaminedFactor {
    identity: AuthIdentityId,
    id: MfaFactorId,
    provider: String,
    step: i64,
    /// The attempt of the account.
    pub taken: Attempt,
}

impl AuthModule {
    /// Proves that the owner of this identity has this factor, and enables it.
    ///
    /// # Errors
    ///
    /// [`VerifyMfaError`].
    pub async fn verify_auth_mfa(
        &self,
        identity: AuthIdentityId,
        id: MfaFactorId,
        code: &str,
    ) -> Result<FactorChange, VerifyMfaError> {
        let examined = self.examine_auth_mfa(identity, id, code, None).await?;
        let verified: Result<_, VerifyMfaError> =
            transaction!(self.database, |transaction| self.verify_auth_mfa_within(transaction, &examined).await);
        let verified = verified?;
        self.refund_attempt(examined.taken).await?;
        Ok(verified)
    }

    /// Examines a factor's code, before the transaction of its effect. Counts an attempt of the session, or without one
    /// of the account's codes.
    ///
    /// # Errors
    ///
    /// [`VerifyMfaError`].
    pub async fn examine_auth_mfa(
        &self,
        identity: AuthIdentityId,
        id: MfaFactorId,
        code: &str,
        session: Option<SessionId>,
    ) -> Result<ExaminedFactor, VerifyMfaError> {
        let factor = self.find_factor(&self.database, identity, id).await?;
        let factor = factor.ok_or_else(|| VerifyMfaError::NotFound(id.to_string()))?;
        if factor.status == MfaStatus::Disabled {
            return Err(VerifyMfaError::Disabled);
        }
        let account = self.account_of(identity).await?;
        let counter = match session {
            Some(session) => Counter::session(&account, session),
            None => Counter::codes(&account, identity),
        };
        let taken = self.count_attempt(counter).await?;
        // Read after the attempt was counted: an earlier holder of the lock may have used the same code.
        let text = "SELECT id, provider, secret, last_step FROM auth_mfa_factors WHERE id = $1";
        let stored: Option<StoredSecret> = self.database.query_optional(text, values![id]).await?;
        let step = match stored {
            Some(stored) => self.examine_step(&stored, code).await,
            None => None,
        };
        match step {
            Some(step) => Ok(ExaminedFactor { identity, id, provider: factor.provider, step, taken }),
            None => Err(VerifyMfaError::WrongCode(factor.provider)),
        }
    }

    /// Uses a factor's code within a transaction, and enables the factor if it was pending. The code counts once, also
    /// here (security.md 17).
    ///
    /// # Errors
    ///
    /// [`VerifyMfaError`].
    pub async fn verify_auth_mfa_within(
        &self,
        transaction: &mut Transaction,
        examined: &ExaminedFactor,
    ) -> Result<FactorChange, VerifyMfaError> {
        let others = lock_enabled(transaction, examined.identity).await?;
        let now = self.environment.now();
        let text = concat!(
            "UPDATE auth_mfa_factors SET status = 'enabled', last_step = $2, updated_at = $3
             WHERE id = $1 AND status = 'pending' AND last_step < $2 RETURNING ",
            factor_columns!()
        );
        let values = values![examined.id, examined.step, now];
        if let Some(factor) = transaction.query_optional::<MfaFactor>(text, values).await? {
            if others == 0 {
                // Of an earlier factor that was deleted together with another: the old ones no longer work.
                self.delete_recovery_codes(transaction, examined.identity).await?;
            }
            return Ok(FactorChange { factor, changed: true });
        }
        let text = concat!(
            "UPDATE auth_mfa_factors SET last_step = $2
             WHERE id = $1 AND status = 'enabled' AND last_step < $2 RETURNING ",
            factor_columns!()
        );
        let used = transaction.query_optional::<MfaFactor>(text, values![examined.id, examined.step]).await?;
        let factor = used.ok_or_else(|| VerifyMfaError::WrongCode(examined.provider.clone()))?;
        Ok(FactorChange { factor, changed: false })
    }
}
