//! Proving a factor, which enables a pending one.

use std::fmt;

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::proof::{FactorRow, UsedFactor, row_columns};
use super::{BegunChallenge, FactorChange, MfaAnswer, MfaFactor, MfaFactorId, MfaStatus, factor_columns, lock_enabled};
use crate::attempts::Counter;
use crate::{Attempt, AttemptError, AuthIdentityId, AuthModule, SessionId};

/// Why a factor was not proved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
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
    /// The browser's answer proves nothing.
    #[error("This answer is not accepted: it is late, was used already, or belongs elsewhere. Start again.")]
    #[kind(NotAllowed, code = "wrong_answer")]
    WrongAnswer,
    /// Too many attempts of this account have failed.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A factor whose answer was right when examined. The attempt that was counted for it is refunded once the factor was
/// verified: [`AuthModule::refund_attempt`]. Printed without its data.
pub struct ExaminedFactor {
    identity: AuthIdentityId,
    provider: String,
    used: UsedFactor,
    /// The entity id of the sign-in method that comes with the factor.
    entity_id: Option<String>,
    is_code: bool,
    /// The attempt of the account.
    pub taken: Attempt,
}

impl fmt::Debug for ExaminedFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExaminedFactor").field("id", &self.used.id).finish_non_exhaustive()
    }
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
        answer: impl Into<MfaAnswer<'_>>,
    ) -> Result<FactorChange, VerifyMfaError> {
        let examined = self.examine_auth_mfa(identity, id, answer, None).await?;
        let verified: Result<_, VerifyMfaError> =
            transaction!(self.database, |transaction| self.verify_auth_mfa_within(transaction, &examined).await);
        let verified = verified?;
        self.refund_attempt(examined.taken).await?;
        Ok(verified)
    }

    /// Examines what a factor's owner answers: for a pending one the end of its enrolment, for an enabled one a code of
    /// it. That is before the transaction of its effect. Counts an attempt of the session, or without one
    /// of the account's codes.
    ///
    /// # Errors
    ///
    /// [`VerifyMfaError`].
    pub async fn examine_auth_mfa(
        &self,
        identity: AuthIdentityId,
        id: MfaFactorId,
        answer: impl Into<MfaAnswer<'_>>,
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
        let text = concat!("SELECT ", row_columns!(), " FROM auth_mfa_factors WHERE id = $1");
        let answer = answer.into();
        let is_code = answer.code().is_some();
        let used = match self.database.query_optional(text, values![id]).await? {
            Some(row) => self.examine_factor(&row, answer).await,
            None => None,
        };
        match used {
            Some((used, entity_id)) => {
                Ok(ExaminedFactor { identity, provider: factor.provider, used, entity_id, is_code, taken })
            }
            None => Err(wrong(&factor.provider, is_code)),
        }
    }

    async fn examine_factor(&self, row: &FactorRow, answer: MfaAnswer<'_>) -> Option<(UsedFactor, Option<String>)> {
        let provider = self.find_mfa_provider(&row.provider)?;
        let (factor, now) = (self.open_factor(row)?, self.environment.now());
        let used = if row.status == "pending" {
            provider.finish_enrolment(&factor.data, answer, now).await?
        } else {
            let challenge = BegunChallenge { factors: &[factor], state: None, now };
            provider.finish_challenge(&challenge, answer).await.ok()?.1
        };
        let entity_id = used.data.as_ref().and_then(|data| provider.sign_in_entity(data));
        Some((self.used(row.id, used), entity_id))
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
        let (used, id) = (&examined.used, examined.used.id);
        let text = concat!(
            "UPDATE auth_mfa_factors SET status = 'enabled', last_step = $2, last_used_at = $3, updated_at = $3,
                 secret = COALESCE($4, secret), details = COALESCE($5, details)
             WHERE id = $1 AND status = 'pending' AND last_step < $2 RETURNING ",
            factor_columns!()
        );
        let values = values![id, used.number, now, used.sealed.clone(), used.details.clone()];
        if let Some(factor) = transaction.query_optional::<MfaFactor>(text, values).await? {
            if others == 0 {
                // Of an earlier factor that was deleted together with another: the old ones no longer work.
                self.delete_recovery_codes(transaction, examined.identity).await?;
            }
            if let Some(entity_id) = &examined.entity_id {
                self.add_sign_in_method_within(transaction, &factor, entity_id).await?;
            }
            return Ok(FactorChange { factor, changed: true });
        }
        let text = concat!(
            "UPDATE auth_mfa_factors SET last_step = $2, last_used_at = $3, secret = COALESCE($4, secret),
                 details = COALESCE($5, details)
             WHERE id = $1 AND status = 'enabled' AND last_step < $2 RETURNING ",
            factor_columns!()
        );
        let used = transaction.query_optional::<MfaFactor>(text, values).await?;
        let factor = used.ok_or_else(|| wrong(&examined.provider, examined.is_code))?;
        Ok(FactorChange { factor, changed: false })
    }
}

fn wrong(provider: &str, is_code: bool) -> VerifyMfaError {
    if is_code { VerifyMfaError::WrongCode(provider.to_owned()) } else { VerifyMfaError::WrongAnswer }
}
