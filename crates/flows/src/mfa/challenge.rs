//! Completing a challenge: a half session becomes a new, whole one.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::mfa::{MfaAnswer, RECOVERY_CODE, VerifyChallengeError};
use vestibule_auth::{AttemptError, AuthenticateError, MfaChallengeId, SecondFactor, StartSession};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};

use crate::failures::{Failed, FailureReason};
use crate::{Actor, Client, Context, Flows, SessionCaller, SignIn, sign_in::user_of};

/// Why a second factor did not complete the sign-in.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum MfaChallengeError {
    /// The challenge was not passed.
    #[error(transparent)]
    Verify(#[from] VerifyChallengeError),
    /// The user may not sign in, or no longer.
    #[error(transparent)]
    Authenticate(#[from] AuthenticateError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why a second factor was not proved, if the audit log records it.
fn reason(error: &MfaChallengeError) -> Option<FailureReason> {
    match error {
        MfaChallengeError::Verify(VerifyChallengeError::WrongCode | VerifyChallengeError::TooManyAttempts) => {
            Some(FailureReason::WrongCode)
        }
        MfaChallengeError::Verify(VerifyChallengeError::WrongAnswer) => Some(FailureReason::WrongAnswer),
        MfaChallengeError::Verify(VerifyChallengeError::CounterWentBack(_)) => Some(FailureReason::PasskeyCounter),
        MfaChallengeError::Verify(VerifyChallengeError::Attempts(AttemptError::TooMany { .. })) => {
            Some(FailureReason::Blocked)
        }
        MfaChallengeError::Authenticate(error) => FailureReason::of(error),
        _ => None,
    }
}

impl Flows {
    /// Completes the caller's challenge and starts the session that it was for. The half session stays half
    /// (security.md 18 and 23).
    ///
    /// # Errors
    ///
    /// [`MfaChallengeError`].
    pub async fn verify_mfa_challenge(
        &self,
        caller: &SessionCaller,
        client: &Client,
        id: MfaChallengeId,
        method: &str,
        answer: impl Into<MfaAnswer<'_>>,
    ) -> Result<SignIn, MfaChallengeError> {
        let verified = self.answer_mfa_challenge(caller, client, id, method, answer.into()).await;
        if let Some(reason) = verified.as_ref().err().and_then(reason) {
            let account = self.auth.account_of(caller.auth_identity_id).await?;
            self.note_failure(Failed::SignIn, reason, &account, &caller.context(client.clone())).await;
        }
        verified
    }

    async fn answer_mfa_challenge(
        &self,
        caller: &SessionCaller,
        client: &Client,
        id: MfaChallengeId,
        method: &str,
        answer: MfaAnswer<'_>,
    ) -> Result<SignIn, MfaChallengeError> {
        let identity = caller.auth_identity_id;
        let examined = self.auth.examine_auth_mfa_challenge(id, identity, method, answer).await?;
        // A challenge that a program created through the module opens no session here.
        let awaiting = examined.challenge().session_id.ok_or_else(|| VerifyChallengeError::NotFound(id.to_string()))?;
        let address = client.address_text();
        let signed_in: Result<_, MfaChallengeError> = transaction!(self.database, |transaction| {
            let found = self.auth.find_session(&mut *transaction, awaiting).await?;
            // The challenge of a whole session is for a proof, and begins none.
            let found = found.filter(|(session, _)| session.awaits_mfa);
            let (half, identity) = found.ok_or_else(|| VerifyChallengeError::NotFound(id.to_string()))?;
            self.check_may_sign_in(transaction, &identity, &half.actor_type, &half.provider).await?;
            let verified = self.auth.verify_auth_mfa_challenge_within(transaction, &examined).await?;
            let mut start = StartSession::new(&identity, &half.actor_type, &half.provider);
            start.second_factor = SecondFactor::Proved;
            start.mfa_factor_id = verified.factor_id;
            start.awaits_verification = half.awaits_verification;
            start.address = address.as_deref();
            start.user_agent = client.user_agent.as_deref();
            let session = self.auth.start_session_within(transaction, &start).await?;
            self.record_session(transaction, &session, &identity, client).await?;
            if verified.method == RECOVERY_CODE {
                let user = user_of(&identity);
                let actor = user.map_or(Actor::Identity(identity.id), Actor::User);
                let context = Context { client: client.clone(), ..Context::actor(actor) };
                let (kind, target) =
                    user.map_or(("auth_identity", identity.id.to_string()), |user| ("user", user.to_string()));
                let after = Some(json!({ "challenge_id": id }));
                self.record(transaction, &context, Action::MfaRecoveryCodeUsed, (kind, &target), None, after).await?;
            }
            Ok(self.continue_session(transaction, &session, &identity).await?)
        });
        if let Ok(begun) = &signed_in {
            self.note_sign_in(begun).await;
        }
        signed_in
    }
}
