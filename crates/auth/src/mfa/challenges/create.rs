//! Creating challenges.

use std::time::Duration;

use serde_json::{Map, Value as Json};
use vestibule_core::{DomainError, Metadata};
use vestibule_database::{Error, Transaction, transaction, values};

use super::{ChallengeStates, MfaChallenge, challenge_columns};
use crate::mfa::{RECOVERY_CODE, same_actor};
use crate::providers::RejectionReason;
use crate::{AuthIdentityId, AuthModule, AuthenticateError, Session, SessionId};

/// The longest lifetime of a challenge.
const MAX_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The most attempts that a challenge can take.
const MAX_ATTEMPTS: u32 = 100;

/// A challenge to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateMfaChallenge {
    /// The challenged identity.
    pub auth_identity_id: AuthIdentityId,
    /// The provider that authenticated it.
    pub auth_provider: Option<String>,
    /// Data of the calling program.
    pub metadata: Option<Metadata>,
    /// How long it can be answered: one second to one day. `None` for
    /// [`AuthOptions::mfa_challenge_lifetime`](crate::AuthOptions::mfa_challenge_lifetime).
    pub lifetime: Option<Duration>,
    /// How many attempts it takes: 1 to 100. `None` for
    /// [`AuthOptions::mfa_challenge_attempts`](crate::AuthOptions::mfa_challenge_attempts).
    pub max_attempts: Option<u32>,
    session_id: Option<SessionId>,
}

impl CreateMfaChallenge {
    /// A challenge of this identity, which belongs to no session.
    pub fn new(identity: AuthIdentityId) -> Self {
        Self {
            auth_identity_id: identity,
            auth_provider: None,
            metadata: None,
            lifetime: None,
            max_attempts: None,
            session_id: None,
        }
    }

    /// The challenge of a session that awaits the second factor. It replaces an unanswered challenge of the same session
    /// (security.md 3).
    pub fn of_session(session: &Session) -> Self {
        Self {
            auth_provider: Some(session.provider.clone()),
            session_id: Some(session.id),
            ..Self::new(session.auth_identity_id)
        }
    }
}

/// Why no challenge was created.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateChallengeError {
    /// There is no such identity.
    #[error("AuthIdentity with id: {0} was not found")]
    #[kind(NotFound)]
    NotFound(AuthIdentityId),
    /// The identity has no second factor to pass it with.
    #[error("Auth identity does not have any enabled MFA methods")]
    #[kind(NotAllowed)]
    NoFactor,
    /// Less than a second, or more than a day.
    #[error("An MFA challenge lives for one second to one day")]
    #[kind(InvalidData)]
    Lifetime,
    /// None, or more than 100.
    #[error("An MFA challenge takes 1 to {MAX_ATTEMPTS} attempts")]
    #[kind(InvalidData)]
    Attempts,
    /// The database failed; [`Error::ForeignKey`] if the session has ended.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<CreateChallengeError> for AuthenticateError {
    fn from(error: CreateChallengeError) -> Self {
        match error {
            CreateChallengeError::Database(error) => error.into(),
            CreateChallengeError::NoFactor => RejectionReason::SecondFactorRemoved.into(),
            error => RejectionReason::Other(error.to_string()).into(),
        }
    }
}

impl AuthModule {
    /// Finds the open challenge of a session, or creates one, within a transaction. A session that continues keeps its
    /// challenge, and the count of wrong codes with it.
    ///
    /// # Errors
    ///
    /// [`CreateChallengeError`]; the transaction must then be rolled back.
    pub async fn open_auth_mfa_challenge_within(
        &self,
        transaction: &mut Transaction,
        session: &Session,
    ) -> Result<MfaChallenge, CreateChallengeError> {
        let text = concat!(
            "SELECT ",
            challenge_columns!(),
            " FROM auth_mfa_challenges
             WHERE session_id = $1 AND completed_at IS NULL AND expires_at > $2 AND attempts < max_attempts
             ORDER BY id DESC LIMIT 1"
        );
        match transaction.query_optional(text, values![session.id, self.environment.now()]).await? {
            Some(open) => Ok(open),
            None => self.create_auth_mfa_challenge_within(transaction, &CreateMfaChallenge::of_session(session)).await,
        }
    }

    /// Creates a challenge of an identity that has a second factor: `createAuthMfaChallenge` of the reference. Pass the
    /// code to [`AuthModule::verify_auth_mfa_challenge`].
    ///
    /// # Errors
    ///
    /// [`CreateChallengeError`].
    pub async fn create_auth_mfa_challenge(
        &self,
        create: &CreateMfaChallenge,
    ) -> Result<MfaChallenge, CreateChallengeError> {
        transaction!(self.database, |transaction| self.create_auth_mfa_challenge_within(transaction, create).await)
    }

    /// Creates a challenge within a transaction.
    ///
    /// # Errors
    ///
    /// [`CreateChallengeError`]; the transaction must then be rolled back.
    pub async fn create_auth_mfa_challenge_within(
        &self,
        transaction: &mut Transaction,
        create: &CreateMfaChallenge,
    ) -> Result<MfaChallenge, CreateChallengeError> {
        let lifetime = create.lifetime.unwrap_or(self.options.mfa_challenge_lifetime);
        if lifetime < Duration::from_secs(1) || lifetime > MAX_LIFETIME {
            return Err(CreateChallengeError::Lifetime);
        }
        let max_attempts = create.max_attempts.unwrap_or(self.options.mfa_challenge_attempts);
        if !(1..=MAX_ATTEMPTS).contains(&max_attempts) {
            return Err(CreateChallengeError::Attempts);
        }
        let text = "SELECT 1 AS one FROM auth_identities WHERE id = $1";
        if transaction.query_optional::<()>(text, values![create.auth_identity_id]).await?.is_none() {
            return Err(CreateChallengeError::NotFound(create.auth_identity_id));
        }
        let (methods, ceremonies, states) = self.begin_ceremonies(transaction, create.auth_identity_id).await?;
        if methods.is_empty() {
            return Err(CreateChallengeError::NoFactor);
        }
        if let Some(session) = create.session_id {
            let text = "DELETE FROM auth_mfa_challenges WHERE session_id = $1 AND completed_at IS NULL";
            transaction.execute_pipelined(text, values![session]).await?;
        }
        let now = self.environment.now();
        let challenge = MfaChallenge {
            id: self.environment.id(),
            auth_identity_id: create.auth_identity_id,
            session_id: create.session_id,
            auth_provider: create.auth_provider.clone(),
            methods,
            ceremonies,
            expires_at: now + lifetime,
            attempts: 0,
            max_attempts: i64::from(max_attempts),
            completed_at: None,
            metadata: create.metadata.clone(),
        };
        let text = concat!(
            "INSERT INTO auth_mfa_challenges (",
            challenge_columns!(),
            ", created_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11, $12)"
        );
        let values = values![
            challenge.id,
            challenge.auth_identity_id,
            challenge.session_id,
            &challenge.auth_provider,
            challenge.methods.join(" "),
            Some(&challenge.ceremonies).filter(|begun| !begun.is_empty()).cloned().map(Json::Object),
            challenge.expires_at,
            challenge.attempts,
            challenge.max_attempts,
            &challenge.metadata,
            now,
            states.sealed(self, challenge.id)?,
        ];
        transaction.execute_pipelined(text, values).await?;
        Ok(challenge)
    }
    /// The methods that can pass a challenge now, with what the browser needs and what they remember. A recovery code
    /// stands in for a factor: without a factor, there is none.
    async fn begin_ceremonies(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
    ) -> Result<(Vec<String>, Map<String, Json>, ChallengeStates), Error> {
        let rows = self.stored_factors(&mut *transaction, identity).await?;
        let mut methods: Vec<String> = rows.iter().map(|row| row.provider.clone()).collect();
        methods.sort();
        methods.dedup();
        let (mut ceremonies, mut states) = (Map::new(), ChallengeStates::default());
        for provider in methods.iter().filter_map(|method| self.find_mfa_provider(method)) {
            let (_, factors) = self.opened(&rows, provider.identifier());
            if let Some(begun) = provider.begin_challenge(&factors, &self.environment) {
                ceremonies.insert(provider.identifier().to_owned(), Json::Object(begun.browser));
                states.insert(provider.identifier(), begun.state);
            }
        }
        let text = concat!(
            "SELECT 1 AS one FROM auth_mfa_recovery_codes WHERE auth_identity_id IN (",
            same_actor!(),
            ") LIMIT 1"
        );
        if !methods.is_empty() && transaction.query_optional::<()>(text, values![identity]).await?.is_some() {
            methods.push(RECOVERY_CODE.to_owned());
        }
        Ok((methods, ceremonies, states))
    }
}
