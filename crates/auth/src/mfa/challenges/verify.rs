//! Passing a challenge.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{MfaChallenge, MfaChallengeId, challenge_columns};
use crate::attempts::Counter;
use crate::mfa::{FactorRejected, MfaAnswer, MfaFactorId, MfaProof};
use crate::{Attempt, AttemptError, AuthIdentityId, AuthModule};

/// Why a challenge was not passed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum VerifyChallengeError {
    /// There is none, it has expired, or it is another caller's.
    #[error("MFA challenge with id \"{0}\" was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// It cannot be passed by this method.
    #[error("MFA challenge does not support method {0:?}")]
    #[kind(InvalidData)]
    UnsupportedMethod(String),
    /// It was passed before.
    #[error("MFA challenge has already been completed")]
    #[kind(NotAllowed)]
    Completed,
    /// Its attempts are used up.
    #[error("MFA challenge has too many failed attempts")]
    #[kind(NotAllowed)]
    TooManyAttempts,
    /// The code is wrong, or was used already.
    #[error("Invalid MFA challenge code")]
    #[kind(NotAllowed)]
    WrongCode,
    /// The browser's answer proves nothing.
    #[error("This answer is not accepted: it is late, was used already, or belongs elsewhere. Start again.")]
    #[kind(NotAllowed, code = "wrong_answer")]
    WrongAnswer,
    /// The factor's counter has gone back.
    #[error(
        "This passkey is refused: its counter has gone back, so there may be a copy of it. Sign in another way, remove \
         the passkey, and add a new one."
    )]
    #[kind(NotAllowed, code = "passkey_counter")]
    CounterWentBack(MfaFactorId),
    /// Too many attempts of this account have failed.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A challenge whose answer was right when examined.
#[derive(Debug)]
pub struct ExaminedChallenge {
    challenge: MfaChallenge,
    proof: MfaProof,
    is_code: bool,
    account: String,
    taken: Attempt,
}

impl ExaminedChallenge {
    /// The challenge.
    pub fn challenge(&self) -> &MfaChallenge {
        &self.challenge
    }
}

/// A challenge that was passed.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedChallenge {
    /// The challenge as it is now.
    pub challenge: MfaChallenge,
    /// The method: `totp`, `recovery_code`, ….
    pub method: String,
    /// The factor that passed it; nothing for a recovery code.
    pub factor_id: Option<MfaFactorId>,
}

impl AuthModule {
    /// Passes a challenge of this identity. Its session stays a half one: the caller starts a new session for it.
    ///
    /// # Errors
    ///
    /// [`VerifyChallengeError`].
    pub async fn verify_auth_mfa_challenge(
        &self,
        id: MfaChallengeId,
        identity: AuthIdentityId,
        method: &str,
        answer: impl Into<MfaAnswer<'_>>,
    ) -> Result<VerifiedChallenge, VerifyChallengeError> {
        let examined = self.examine_auth_mfa_challenge(id, identity, method, answer).await?;
        transaction!(self.database, |transaction| {
            self.verify_auth_mfa_challenge_within(transaction, &examined).await
        })
    }

    /// Examines the answer to a challenge, before the transaction of its effect.
    ///
    /// An attempt of the account and one of the challenge are counted before the answer is examined, each by one
    /// statement: of concurrent guesses no more are evaluated than the limits (security.md 11 and 19).
    ///
    /// # Errors
    ///
    /// [`VerifyChallengeError`].
    pub async fn examine_auth_mfa_challenge(
        &self,
        id: MfaChallengeId,
        identity: AuthIdentityId,
        method: &str,
        answer: impl Into<MfaAnswer<'_>>,
    ) -> Result<ExaminedChallenge, VerifyChallengeError> {
        let challenge = self.find_challenge(&self.database, id).await?;
        let challenge = challenge.filter(|challenge| challenge.auth_identity_id == identity);
        let challenge = challenge.ok_or_else(|| VerifyChallengeError::NotFound(id.to_string()))?;
        if challenge.completed_at.is_some() {
            return Err(VerifyChallengeError::Completed);
        }
        if !challenge.methods.iter().any(|supported| supported == method) {
            return Err(VerifyChallengeError::UnsupportedMethod(method.chars().take(64).collect()));
        }
        let account = self.account_of(identity).await?;
        let taken = self.count_attempt(Counter::codes(&account, identity)).await?;
        let Some(challenge) = self.take_attempt(id).await? else {
            // Nothing was evaluated.
            self.refund_attempt(taken).await?;
            return Err(self.why_not(id).await?);
        };
        let states = self.states_of_challenge(&challenge).await?;
        let answer = answer.into();
        let is_code = answer.code().is_some();
        match self.examine_mfa_answer(identity, Some(method), answer, &states).await? {
            Ok(proof) => Ok(ExaminedChallenge { challenge, proof, is_code, account, taken }),
            Err(FactorRejected::CounterWentBack(id)) => Err(VerifyChallengeError::CounterWentBack(id)),
            Err(_) if challenge.attempts >= challenge.max_attempts => Err(VerifyChallengeError::TooManyAttempts),
            Err(_) if is_code => Err(VerifyChallengeError::WrongCode),
            Err(_) => Err(VerifyChallengeError::WrongAnswer),
        }
    }

    /// Passes a challenge within the transaction that starts the new session, and clears the failed attempts of the
    /// account: its owner has signed in. Challenge and code count once (security.md 2).
    ///
    /// # Errors
    ///
    /// [`VerifyChallengeError`].
    pub async fn verify_auth_mfa_challenge_within(
        &self,
        transaction: &mut Transaction,
        examined: &ExaminedChallenge,
    ) -> Result<VerifiedChallenge, VerifyChallengeError> {
        let text = concat!(
            "UPDATE auth_mfa_challenges SET completed_at = $2
             WHERE id = $1 AND completed_at IS NULL AND expires_at > $2 RETURNING ",
            challenge_columns!()
        );
        let values = values![examined.challenge.id, self.environment.now()];
        let completed = transaction.query_optional::<MfaChallenge>(text, values).await?;
        let challenge = completed.ok_or(VerifyChallengeError::Completed)?;
        if !self.use_mfa_proof_within(transaction, &examined.proof).await? {
            return Err(match examined.is_code {
                true => VerifyChallengeError::WrongCode,
                false => VerifyChallengeError::WrongAnswer,
            });
        }
        self.settle_attempt_within(transaction, &examined.taken).await?;
        self.clear_strangers_within(transaction, &examined.account).await?;
        let proof = &examined.proof;
        Ok(VerifiedChallenge { challenge, method: proof.method().to_owned(), factor_id: proof.factor_id() })
    }

    /// Counts an attempt of a challenge if any is left.
    async fn take_attempt(&self, id: MfaChallengeId) -> Result<Option<MfaChallenge>, Error> {
        let text = concat!(
            "UPDATE auth_mfa_challenges SET attempts = attempts + 1
             WHERE id = $1 AND completed_at IS NULL AND attempts < max_attempts AND expires_at > $2 RETURNING ",
            challenge_columns!()
        );
        let now = self.environment.now();
        transaction!(self.database, |transaction| transaction.query_optional(text, values![id, now]).await)
    }

    /// Why a challenge took no attempt.
    async fn why_not(&self, id: MfaChallengeId) -> Result<VerifyChallengeError, Error> {
        Ok(match self.find_challenge(&self.database, id).await? {
            None => VerifyChallengeError::NotFound(id.to_string()),
            Some(challenge) if challenge.completed_at.is_some() => VerifyChallengeError::Completed,
            Some(_) => VerifyChallengeError::TooManyAttempts,
        })
    }
}
