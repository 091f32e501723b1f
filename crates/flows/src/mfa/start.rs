//! Starting a factor.

use vestibule_auth::StartAuthMfa;
use vestibule_auth::mfa::{StartMfaError, StartedMfa};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};

use super::FactorOwnerError;
use super::owner::check_metadata;
use crate::{Flows, FreshProof, FreshProofError, SessionCaller};

/// Why no factor was started.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum StartFactorError {
    /// The caller has not given a fresh proof of identity.
    #[error(transparent)]
    Proof(#[from] FreshProofError),
    /// The caller cannot have a factor.
    #[error(transparent)]
    Owner(#[from] FactorOwnerError),
    /// It cannot be started.
    #[error(transparent)]
    Start(#[from] StartMfaError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Starts a factor for the caller. It needs a fresh proof: a factor added to a session that was left open would
    /// lock its owner out. A registration that no actor owns can have one before its invite is accepted.
    ///
    /// # Errors
    ///
    /// [`StartFactorError`].
    pub async fn start_mfa(
        &self,
        caller: &SessionCaller,
        start: &StartAuthMfa,
        proof: &FreshProof,
    ) -> Result<StartedMfa, StartFactorError> {
        self.check_factor_owner(caller).await?;
        check_metadata(caller, &start.metadata)?;
        let proof = self.examine_fresh_proof(caller, proof).await?;
        let account = caller.user.as_ref().map(|user| user.email.to_string());
        let start = StartAuthMfa { account: account.or_else(|| start.account.clone()), ..start.clone() };
        let prepared = self.auth.prepare_auth_mfa(&start).await?;
        let started: Result<_, StartFactorError> = transaction!(self.database, |transaction| {
            self.check_factor_owner_within(transaction, caller).await?;
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            Ok(self.auth.start_auth_mfa_within(transaction, &prepared).await?)
        });
        // The proof was right, whatever else failed.
        if !matches!(started, Err(StartFactorError::Proof(_))) {
            self.settle_fresh_proof(proof).await?;
        }
        started
    }
}
