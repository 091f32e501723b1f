//! Giving a factor up.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{
    FactorChange, MfaFactor, MfaFactorId, MfaStatus, RetrieveMfaError, factor_columns, lock_enabled, settle_after_last,
};
use crate::{AttemptError, AuthIdentityId, AuthModule};

/// What [`AuthModule::disable_auth_mfa`] asks for: the reference's `disable_policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MfaDisablePolicy {
    /// Nothing: the caller has made sure that the factor's owner asks.
    #[default]
    Session,
    /// A code of a second factor, or a recovery code.
    Challenge,
}

/// A factor to be given up. Printed without the code.
#[derive(Clone, PartialEq, Eq)]
pub struct DisableAuthMfa {
    /// Which.
    pub id: MfaFactorId,
    /// The identity that it must belong to, or another identity of the same actor; any where there is none.
    pub auth_identity_id: Option<AuthIdentityId>,
    /// What the code is of: `totp`, `recovery_code`; any where there is none.
    pub method: Option<String>,
    /// A code. Where there is one it must be right, whatever the policy.
    pub code: Option<String>,
}

impl DisableAuthMfa {
    /// Gives this factor up, without a code.
    pub fn new(id: MfaFactorId) -> Self {
        Self { id, auth_identity_id: None, method: None, code: None }
    }

    /// Gives this factor up, with a code.
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

/// Why a factor was not given up.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum DisableAuthMfaError {
    /// There is none, or it is not the identity's.
    #[error("MFA factor with id \"{0}\" was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// The policy asks for a code.
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
    /// Gives a factor up: its secret is wiped, and with the actor's last factor the recovery codes go. One that was given
    /// up before stays so. An enabled factor asks for a code where
    /// [`AuthOptions::mfa_disable_policy`](crate::AuthOptions::mfa_disable_policy) says so.
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
                let taken = self.take_try(&self.account_of(identity).await?).await?;
                let proof = self.examine_mfa_code(identity, disable.method.as_deref(), code).await?;
                Some((proof.ok_or(DisableAuthMfaError::WrongCode)?, taken))
            }
        };
        let disabled: Result<_, DisableAuthMfaError> = transaction!(self.database, |transaction| {
            if let Some((proof, _)) = &proof
                && !self.use_mfa_proof_within(transaction, proof).await?
            {
                return Err(DisableAuthMfaError::WrongCode);
            }
            Ok(self.disable_auth_mfa_within(transaction, identity, disable.id).await?)
        });
        let disabled = disabled?;
        if let Some((_, taken)) = proof {
            self.give_try_back(taken).await?;
        }
        Ok(disabled)
    }

    /// Gives a factor up within a transaction. It asks for no code: the caller has made sure that the factor's owner asks.
    ///
    /// # Errors
    ///
    /// [`RetrieveMfaError`].
    pub async fn disable_auth_mfa_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        id: MfaFactorId,
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
        Ok(FactorChange { factor: factor.ok_or_else(not_found)?, changed })
    }
}
