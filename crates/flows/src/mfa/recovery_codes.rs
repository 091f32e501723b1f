//! A new set of recovery codes.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::mfa::{RecoveryCodeFormat, RecoveryCodes, RecoveryCodesError};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_outbox::{self as outbox, EventName};

use super::FactorOwnerError;
use crate::{Context, Flows, FreshProof, FreshProofError, SessionCaller};

/// Why no recovery codes were generated.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum GenerateRecoveryCodesError {
    /// The caller has not given a fresh proof of identity.
    #[error(transparent)]
    Proof(#[from] FreshProofError),
    /// The caller cannot have a factor, and no codes of it.
    #[error(transparent)]
    Owner(#[from] FactorOwnerError),
    /// They cannot be generated.
    #[error(transparent)]
    Codes(#[from] RecoveryCodesError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Generates a new set of recovery codes for the caller, with a fresh proof (security.md 20). The old set is dead.
    ///
    /// # Errors
    ///
    /// [`GenerateRecoveryCodesError`].
    pub async fn generate_mfa_recovery_codes(
        &self,
        caller: &SessionCaller,
        context: &Context,
        (count, format): (u32, RecoveryCodeFormat),
        proof: &FreshProof,
    ) -> Result<RecoveryCodes, GenerateRecoveryCodesError> {
        let identity = caller.auth_identity_id;
        self.check_factor_owner(caller).await?;
        let proof = self.examine_fresh_proof(caller, proof).await?;
        let made: Result<_, GenerateRecoveryCodesError> = transaction!(self.database, |transaction| {
            self.check_factor_owner_within(transaction, caller).await?;
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            let codes = self.auth.generate_codes(transaction, identity, count, format).await?;
            let data = json!({ "auth_identity_id": identity, "count": count });
            let name = EventName::MfaRecoveryCodesGenerated;
            outbox::record(transaction, &self.environment, name, &identity.to_string(), data).await?;
            let after = Some(json!({ "count": count }));
            self.record_mfa(transaction, context, Action::MfaRecoveryCodesGenerated, caller, (None, after)).await?;
            Ok(codes)
        });
        // The proof was right, whatever else failed.
        if !matches!(made, Err(GenerateRecoveryCodesError::Proof(_))) {
            self.settle_fresh_proof(proof).await?;
        }
        made
    }
}
