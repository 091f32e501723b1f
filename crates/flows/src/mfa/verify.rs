//! Enabling a factor by the first proof of it.

use vestibule_audit::Action;
use vestibule_auth::mfa::{MfaAnswer, VerifyMfaError};
use vestibule_auth::{MfaFactor, MfaFactorId};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_outbox::EventName;

use super::{FactorOwnerError, audited};
use crate::{AccessChangeError, Context, Flows, SessionCaller};

/// Why a factor was not proved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum VerifyFactorError {
    /// The caller cannot have a factor.
    #[error(transparent)]
    Owner(#[from] FactorOwnerError),
    /// The code does not prove it.
    #[error(transparent)]
    Verify(#[from] VerifyMfaError),
    /// The factor is pending, and the session has no fresh proof: enabling a factor changes how the account is signed
    /// in to.
    #[error(transparent)]
    Proof(#[from] AccessChangeError),
    /// The session has ended in the meantime.
    #[error("Unauthorized")]
    #[kind(Unauthorized)]
    SignedOut,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Proves a factor of the caller. A pending one is enabled: from then on every sign-in asks for it, this session
    /// has proved it, and every other session ends (OWASP ASVS 7.4.3).
    ///
    /// # Errors
    ///
    /// [`VerifyFactorError`].
    pub async fn verify_mfa(
        &self,
        caller: &SessionCaller,
        context: &Context,
        id: MfaFactorId,
        answer: impl Into<MfaAnswer<'_>>,
    ) -> Result<MfaFactor, VerifyFactorError> {
        let identity = caller.auth_identity_id;
        self.check_factor_owner(caller).await?;
        let examined = self.auth.examine_auth_mfa(identity, id, answer, Some(caller.session_id)).await?;
        let verified: Result<_, VerifyFactorError> = transaction!(self.database, |transaction| {
            self.check_factor_owner_within(transaction, caller).await?;
            let change = self.auth.verify_auth_mfa_within(transaction, &examined).await?;
            if !self.auth.prove_session_within(transaction, caller.session_id, true).await? {
                return Err(VerifyFactorError::SignedOut);
            }
            if change.changed {
                context.check_access_change()?;
                self.auth.end_other_sessions_within(transaction, identity, caller.session_id).await?;
                self.record_factor_event(transaction, EventName::MfaEnabled, &change.factor).await?;
                let after = Some(audited(&change.factor));
                self.record_mfa(transaction, context, Action::MfaEnabled, caller, (None, after)).await?;
            }
            Ok(change.factor)
        });
        // The code was right, also if a proof is missing.
        if matches!(verified, Ok(_) | Err(VerifyFactorError::Proof(_))) {
            self.auth.refund_attempt(examined.taken).await?;
        }
        verified
    }
}
