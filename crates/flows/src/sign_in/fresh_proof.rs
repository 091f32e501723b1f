//! Fresh proofs: changing who can sign in needs more than a session that was left open (security.md 20).
//!
//! A caller who signed in, or proved who they are, within `auth.fresh_proof_lifetime` has given the proof. Other callers
//! bring one: a code where the account has a second factor, the password where it has none. A password alone proves
//! nothing about an account with a second factor: the sign-in asks for both.

use serde_json::{Map, Value as Json};
use std::fmt;
use vestibule_auth::mfa::{
    CreateChallengeError, CreateMfaChallenge, ExaminedChallenge, MfaChallenge, MfaProof, VerifyChallengeError,
};
use vestibule_auth::{Attempt, AttemptError, ChangePasswordError, Counter};
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Error, Transaction, transaction};

use crate::failures::{Failed, FailureReason};
use crate::{AccessChangeError, Context, Flows, SessionCaller};

/// A fresh proof of identity. Printed without the secret.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FreshProof {
    /// A code of a second factor, or a recovery code.
    pub code: Option<String>,
    /// The method that the code is for; any, if `None`.
    pub method: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// A challenge of [`Flows::begin_proof`], and the browser's answer to it, by `method`.
    pub answer: Option<(String, Map<String, Json>)>,
}

impl fmt::Debug for FreshProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreshProof").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Why a caller has not given a fresh proof of identity.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum FreshProofError {
    /// The request carries no proof.
    #[error(transparent)]
    Required(#[from] AccessChangeError),
    /// The account has a second factor: the password alone is no proof.
    #[error(
        "This account has a second factor: confirm with a code of it as `code`, with a recovery code, or with a passkey \
         (POST /auth/proof/challenge)"
    )]
    #[kind(Forbidden, code = "fresh_proof_required")]
    CodeRequired,
    /// The code is wrong, or was used already.
    #[error("The code is wrong or was used already. Wait for the next one.")]
    #[kind(NotAllowed, code = "wrong_code")]
    WrongCode,
    /// The browser's answer to the challenge is not accepted.
    #[error(transparent)]
    Challenge(#[from] VerifyChallengeError),
    /// The password is wrong, or there is none.
    #[error(transparent)]
    Password(#[from] ChangePasswordError),
    /// Too many tries of the account have failed.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The session has ended in the meantime.
    #[error("Unauthorized")]
    #[kind(Unauthorized)]
    SignedOut,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why no challenge was created for a proof.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum BeginProofError {
    /// The account has no second factor.
    #[error("This account has no second factor. Confirm with your password: POST /auth/proof.")]
    #[kind(NotAllowed)]
    NoFactor,
    /// It cannot be created.
    #[error(transparent)]
    Challenge(CreateChallengeError),
    /// The session has ended in the meantime.
    #[error("Unauthorized")]
    #[kind(Unauthorized)]
    SignedOut,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<CreateChallengeError> for BeginProofError {
    fn from(error: CreateChallengeError) -> Self {
        match error {
            CreateChallengeError::NoFactor => Self::NoFactor,
            error => Self::Challenge(error),
        }
    }
}

/// A proof that was right when examined.
pub(crate) enum ExaminedProof {
    /// The session's own proof is fresh.
    Session,
    /// A code, and the attempt that was counted for it.
    Code(MfaProof, Attempt),
    /// An answer to a challenge.
    Answer(Box<ExaminedChallenge>),
    /// The password.
    Password,
}

impl Flows {
    /// Examines a proof, before the transaction of the change. It is ignored if the session's own proof is fresh.
    pub(crate) async fn examine_fresh_proof(
        &self,
        caller: &SessionCaller,
        proof: &FreshProof,
    ) -> Result<ExaminedProof, FreshProofError> {
        if caller.has_fresh_proof {
            return Ok(ExaminedProof::Session);
        }
        self.examine_proof(caller, proof).await
    }

    /// Proves the caller's identity for `auth.fresh_proof_lifetime`: until the returned time, the session can do what
    /// needs a fresh proof. A wrong proof is a failed attempt of the account.
    ///
    /// # Errors
    ///
    /// [`FreshProofError`].
    pub async fn prove(
        &self,
        caller: &SessionCaller,
        proof: &FreshProof,
        context: &Context,
    ) -> Result<Timestamp, FreshProofError> {
        let examined = self.examine_proof(caller, proof).await;
        let reason = match &examined {
            Err(FreshProofError::Password(error)) => FailureReason::of_proof(error),
            Err(FreshProofError::WrongCode) => Some(FailureReason::WrongCode),
            Err(FreshProofError::Challenge(VerifyChallengeError::WrongAnswer)) => Some(FailureReason::WrongAnswer),
            Err(FreshProofError::Challenge(VerifyChallengeError::CounterWentBack(_))) => {
                Some(FailureReason::PasskeyCounter)
            }
            Err(FreshProofError::Attempts(AttemptError::TooMany { .. })) => Some(FailureReason::Blocked),
            _ => None,
        };
        if let Some(reason) = reason {
            let account = self.auth.account_of(caller.auth_identity_id).await?;
            self.note_failure(Failed::Proof, reason, &account, context).await;
        }
        let proof = examined?;
        let used: Result<(), FreshProofError> = transaction!(self.database, |transaction| {
            self.use_fresh_proof_within(transaction, caller, &proof).await
        });
        used?;
        self.settle_fresh_proof(proof).await?;
        Ok(self.environment.now() + self.auth.options().fresh_proof_lifetime)
    }

    /// Begins a proof that the browser answers, by a passkey for example. It replaces an earlier one of the session.
    ///
    /// # Errors
    ///
    /// [`BeginProofError`].
    pub async fn begin_proof(&self, caller: &SessionCaller) -> Result<MfaChallenge, BeginProofError> {
        transaction!(self.database, |transaction| {
            let found = self.auth.find_session(&mut *transaction, caller.session_id).await?;
            let (session, _) = found.filter(|(session, _)| !session.awaits_mfa).ok_or(BeginProofError::SignedOut)?;
            let create = CreateMfaChallenge::of_session(&session);
            Ok(self.auth.create_auth_mfa_challenge_within(transaction, &create).await?)
        })
    }

    async fn examine_proof(
        &self,
        caller: &SessionCaller,
        proof: &FreshProof,
    ) -> Result<ExaminedProof, FreshProofError> {
        let identity = caller.auth_identity_id;
        if let Some((id, answer)) = &proof.answer {
            let unknown = || VerifyChallengeError::NotFound(id.clone());
            let id = id.parse().map_err(|_| unknown())?;
            let method = proof.method.as_deref().unwrap_or_default();
            let examined = self.auth.examine_auth_mfa_challenge(id, identity, method, answer).await?;
            // Only that of this session (security.md 43).
            return match examined.challenge().session_id == Some(caller.session_id) {
                true => Ok(ExaminedProof::Answer(Box::new(examined))),
                false => Err(unknown().into()),
            };
        }
        if let Some(code) = &proof.code {
            let account = self.auth.account_of(identity).await?;
            let taken = self.auth.count_attempt(Counter::session(&account, caller.session_id)).await?;
            let found = self.auth.examine_mfa_code(identity, proof.method.as_deref(), code).await?;
            return found.map(|found| ExaminedProof::Code(found, taken)).ok_or(FreshProofError::WrongCode);
        }
        if self.auth.has_mfa(&self.database, identity).await? {
            return Err(FreshProofError::CodeRequired);
        }
        // No password can be looked up for a registration that no actor owns: it signs in, or registers, again.
        if caller.actor_id.is_none() {
            return Err(AccessChangeError::ProofRequired.into());
        }
        let password = proof.password.as_deref().ok_or(AccessChangeError::ProofRequired)?;
        self.auth.prove_password(identity, password, Some(caller.session_id)).await?;
        Ok(ExaminedProof::Password)
    }

    /// Uses a proof within the transaction of the change: a code counts once. The session then counts as newly begun.
    pub(crate) async fn use_fresh_proof_within(
        &self,
        transaction: &mut Transaction,
        caller: &SessionCaller,
        proof: &ExaminedProof,
    ) -> Result<(), FreshProofError> {
        let by_factor = match proof {
            ExaminedProof::Session => return Ok(()),
            ExaminedProof::Code(code, _) => {
                if !self.auth.use_mfa_proof_within(transaction, code).await? {
                    return Err(FreshProofError::WrongCode);
                }
                true
            }
            ExaminedProof::Answer(examined) => {
                self.auth.verify_auth_mfa_challenge_within(transaction, examined).await?;
                true
            }
            // A factor may have been enabled since.
            ExaminedProof::Password if self.auth.has_mfa(&mut *transaction, caller.auth_identity_id).await? => {
                return Err(FreshProofError::CodeRequired);
            }
            ExaminedProof::Password => false,
        };
        match self.auth.prove_session_within(transaction, caller.session_id, by_factor).await? {
            true => Ok(()),
            false => Err(FreshProofError::SignedOut),
        }
    }

    /// Refunds the attempt that was counted for a proof that was right.
    pub(crate) async fn settle_fresh_proof(&self, proof: ExaminedProof) -> Result<(), Error> {
        match proof {
            ExaminedProof::Code(_, taken) => self.auth.refund_attempt(taken).await,
            ExaminedProof::Session | ExaminedProof::Password | ExaminedProof::Answer(_) => Ok(()),
        }
    }
}
