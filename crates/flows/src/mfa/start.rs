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
pub enum StartFactorError {
    /// He has not proved anew who he is.
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
    /// Starts a factor of one's own. It needs a fresh proof: a factor that somebody adds to a session that was left open
    /// would keep its owner out. A registration that no actor owns can have one before its invite is accepted.
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
        let prepared = self.auth.prepare_auth_mfa(start).await?;
        let started: Result<_, StartFactorError> = transaction!(self.database, |transaction| {
            self.check_factor_owner_within(transaction, caller).await?;
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            Ok(self.auth.start_auth_mfa_within(transaction, &prepared).await?)
        });
        // It was right, whatever else went wrong.
        if !matches!(started, Err(StartFactorError::Proof(_))) {
            self.settle_fresh_proof(proof).await?;
        }
        started
    }
}
