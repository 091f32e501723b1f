//! Disabling a factor.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{
    FactorChange, MfaFactor, MfaFactorId, MfaStatus, RetrieveMfaError, factor_columns, lock_enabled, settle_after_last,
};
use crate::{AttemptError, AuthIdentityId, AuthModule, SessionId};

/// What [`AuthModule::disable_auth_mfa`] requires: the reference's `disable_policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MfaDisablePolicy {
    /// Nothing: the caller has verified the factor's owner.
    #[default]
    Session,
    /// A code of a second factor, or a recovery code.
    Challenge,
}

/// A factor to be disabled. Printed without the code.
#[derive(Clone, PartialEq, Eq)]
pub struct DisableAuthMfa {
    /// The factor.
    pub id: MfaFactorId,
    /// An identity of its owner; `None` for any.
    pub auth_identity_id: Option<AuthIdentityId>,
    /// The method of the code: `totp`, `recovery_code`; `None` for any.
    pub method: Option<String>,
    /// A code. If given it must be right, whatever the policy.
    pub code: Option<String>,
}

impl DisableAuthMfa {
    /// Disables this factor, without a code.
    pub fn new(id: MfaFactorId) -> Self {
        Self { id, auth_identity_id: None, method: None, code: None }
    }

    /// Disables this factor, with a code.
    pub fn with_code(id: MfaFactorId, method: &str, code: &str) -> Self {
        Self { method: Some(method.to_owned()), code: Some(code.to_owned()), ..Self::new(id) }
    }
}

impl std::fmt::Debug for DisableAuthMfa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DisableAuthMfa")
            .field("id", &self.id)
            .field("auth_identity_id", &self.auth_identity_id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// Why a factor was not disabled.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum DisableAuthMfaError {
    /// There is none, or it is not the identity's.
    #[error("MFA factor with id \"{0}\" was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// The policy requires a code.
    #[error("MFA verification code is required to disable MFA")]
    #[kind(InvalidData)]
    CodeRequired,
    /// The code is wrong, or was used already.
    #[error("Invalid MFA verification code")]
    #[kind(NotAllowed)]
    WrongCode,
    /// Too many attempts of this account have failed.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<RetrieveMfaError> for DisableAuthMfaError {
    fn from(error: RetrieveMfaError) -> Self {
        match error {
            RetrieveMfaError::NotFound(id) => Self::NotFound(id),
            RetrieveMfaError::Database(error) => Self::Database(error),
        }
    }
}

impl AuthModule {
    /// Disables a factor: its secret is wiped, and with the actor's last factor the recovery codes are deleted. A disabled
    /// one stays so. Sessions that began with a passkey end with it. An enabled factor needs a code if
    /// [`AuthOptions::mfa_disable_policy`](crate::AuthOptions::mfa_disable_policy) requires it.
    ///
    /// # Errors
    ///
    /// [`DisableAuthMfaError`].
    pub async fn disable_auth_mfa(&self, disable: &DisableAuthMfa) -> Result<FactorChange, DisableAuthMfaError> {
        let found = match disable.auth_identity_id {
            Some(identity) => self.find_factor(&self.database, identity, disable.id).await?,
            None => Some(self.retrieve_auth_mfa(disable.id).await?),
        };
        let factor = found.ok_or_else(|| DisableAuthMfaError::NotFound(disable.id.to_string()))?;
        let identity = factor.auth_identity_id;
        let code = disable.code.as_deref().filter(|_| factor.status == MfaStatus::Enabled);
        let must =
            factor.status == MfaStatus::Enabled && self.options.mfa_disable_policy == MfaDisablePolicy::Challenge;
        let proof = match code {
            None if must => return Err(DisableAuthMfaError::CodeRequired),
            None => None,
            Some(code) => {
                let tried = self.try_mfa_code(identity, disable.method.as_deref(), code).await?;
                Some(tried.ok_or(DisableAuthMfaError::WrongCode)?)
            }
        };
        let disabled: Result<_, DisableAuthMfaError> = transaction!(self.database, |transaction| {
            if let Some((proof, _)) = &proof
                && !self.use_mfa_proof_within(transaction, proof).await?
            {
                return Err(DisableAuthMfaError::WrongCode);
            }
            Ok(self.disable_auth_mfa_within(transaction, identity, disable.id, None).await?)
        });
        let disabled = disabled?;
        if let Some((_, taken)) = proof {
            self.refund_attempt(taken).await?;
        }
        Ok(disabled)
    }

    /// Disables a factor within a transaction. It needs no code: the caller has verified the factor's owner. Of the sessions
    /// that a passkey began, `except` stays.
    ///
    /// # Errors
    ///
    /// [`RetrieveMfaError`].
    pub async fn disable_auth_mfa_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        id: MfaFactorId,
        except: Option<SessionId>,
    ) -> Result<FactorChange, RetrieveMfaError> {
        let not_found = || RetrieveMfaError::NotFound(id.to_string());
        self.find_factor(&mut *transaction, identity, id).await?.ok_or_else(not_found)?;
        lock_enabled(transaction, identity).await?;
        let text = concat!(
            "UPDATE auth_mfa_factors SET status = 'disabled', secret = NULL, updated_at = $2
             WHERE id = $1 AND status <> 'disabled' RETURNING ",
            factor_columns!()
        );
        let disabled = transaction.query_optional::<MfaFactor>(text, values![id, self.environment.now()]).await?;
        let changed = disabled.is_some();
        let factor = match disabled {
            Some(factor) => Some(factor),
            None => self.find_factor(&mut *transaction, identity, id).await?,
        };
        settle_after_last(transaction, identity).await?;
        let factor = factor.ok_or_else(not_found)?;
        self.end_sessions_of_factor_within(transaction, &factor, except).await?;
        self.drop_sign_in_method_within(transaction, identity, &factor.provider).await?;
        Ok(FactorChange { factor, changed })
    }
}
