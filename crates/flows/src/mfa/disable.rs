//! Disabling a factor.

use vestibule_audit::Action;
use vestibule_auth::identities::UnlinkError;
use vestibule_auth::mfa::RetrieveMfaError;
use vestibule_auth::{MfaFactor, MfaFactorId};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_outbox::EventName;

use super::{FactorOwnerError, audited};
use crate::{Context, Flows, FreshProof, FreshProofError, SessionCaller};

/// Why a factor was not disabled.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum DisableMfaError {
    /// The caller has not given a fresh proof of identity.
    #[error(transparent)]
    Proof(#[from] FreshProofError),
    /// The caller cannot have a factor.
    #[error(transparent)]
    Owner(#[from] FactorOwnerError),
    /// The caller has no such factor.
    #[error(transparent)]
    Retrieve(#[from] RetrieveMfaError),
    /// It is the only sign-in method of the account.
    #[error(transparent)]
    Method(#[from] UnlinkError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Disables a factor of the caller, with a fresh proof (security.md 20). A disabled one stays so. The other sessions that
    /// a passkey began end with it.
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
            let (identity, actor_type) = (caller.auth_identity_id, caller.actor_type.as_str());
            self.auth.check_not_last_method_within(transaction, identity, id, actor_type).await?;
            let except = Some(caller.session_id);
            let change = self.auth.disable_auth_mfa_within(transaction, identity, id, except).await?;
            if change.changed {
                self.record_factor_event(transaction, EventName::MfaDisabled, &change.factor).await?;
                let after = Some(audited(&change.factor));
                self.record_mfa(transaction, context, Action::MfaDisabled, caller, (None, after)).await?;
            }
            Ok(change.factor)
        });
        // The proof was right, whatever else failed.
        if !matches!(disabled, Err(DisableMfaError::Proof(_))) {
            self.settle_fresh_proof(proof).await?;
        }
        disabled
    }
}
