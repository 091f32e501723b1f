//! Giving a factor up.

use vestibule_audit::Action;
use vestibule_auth::mfa::RetrieveMfaError;
use vestibule_auth::{MfaFactor, MfaFactorId};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_outbox::EventName;

use super::{FactorOwnerError, told};
use crate::{Context, Flows, FreshProof, FreshProofError, SessionCaller};

/// Why a factor was not given up.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum DisableMfaError {
    /// He has not proved anew who he is.
    #[error(transparent)]
    Proof(#[from] FreshProofError),
    /// The caller cannot have a factor.
    #[error(transparent)]
    Owner(#[from] FactorOwnerError),
    /// There is no such factor of the caller's.
    #[error(transparent)]
    Retrieve(#[from] RetrieveMfaError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Gives a factor of one's own up, with a fresh proof (security.md 20). One that was given up before stays so.
    ///
    /// # Errors
    ///
    /// [`DisableMfaError`].
    pub async fn disable_mfa(
        &self,
        caller: &SessionCaller,
        context: &Context,
        id: MfaFactorId,
        proof: &FreshProof,
    ) -> Result<MfaFactor, DisableMfaError> {
        self.check_factor_owner(caller).await?;
        let proof = self.examine_fresh_proof(caller, proof).await?;
        let disabled: Result<_, DisableMfaError> = transaction!(self.database, |transaction| {
            self.check_factor_owner_within(transaction, caller).await?;
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            let change = self.auth.disable_auth_mfa_within(transaction, caller.auth_identity_id, id).await?;
            if change.changed {
                self.tell_factor(transaction, EventName::MfaDisabled, &change.factor).await?;
                let after = Some(told(&change.factor));
                self.record_mfa(transaction, context, Action::MfaDisabled, caller, (None, after)).await?;
            }
            Ok(change.factor)
        });
        // It was right, whatever else went wrong.
        if !matches!(disabled, Err(DisableMfaError::Proof(_))) {
            self.settle_fresh_proof(proof).await?;
        }
        disabled
    }
}
