//! Registering and signing in: a provider says who it is, and a session begins.

use std::time::Duration;

use vestibule_auth::identities::{ClaimError, RetrieveIdentityError};
use vestibule_auth::{AuthIdentity, AuthIdentityId, AuthInput, AuthenticateError, Authentication, SessionToken};
use vestibule_core::{DomainError, EmailAddress, ErrorKind};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::users::{CreateUsersError, RetrieveUserError};
use vestibule_user::{CreateUser, User, UserId};

use crate::{Flows, USER};

/// What came of an attempt to sign in that did not fail.
#[derive(Debug, Clone, PartialEq)]
pub enum SignIn {
    /// A session has begun.
    Session(Box<SessionToken>),
    /// The provider wants the person to come by elsewhere first.
    Redirect {
        /// Where.
        location: String,
    },
}

/// Why somebody could not sign in and be created.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The provider does not believe it.
    #[error(transparent)]
    Authenticate(#[from] AuthenticateError),
    /// A user has the address already, and signs in by other ways: that a stranger knows the address proves nothing.
    #[error("A user with this address exists already. Sign in the way you did before.")]
    UserExists,
    /// The provider's name for the person is no e-mail address, so no user can be made of it.
    #[error("The provider {0} does not tell an e-mail address")]
    NoAddress(String),
    /// The user cannot be created.
    #[error(transparent)]
    Create(#[from] CreateUsersError),
    /// The identity was claimed by somebody else meanwhile.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The identity belongs to a user who is not there.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for SignInError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authenticate(error) => error.kind(),
            Self::UserExists | Self::NoAddress(_) => ErrorKind::Unauthorized,
            Self::Create(error) => error.kind(),
            Self::Claim(error) => error.kind(),
            Self::Retrieve(error) => error.kind(),
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        match self {
            Self::UserExists => Some("user_exists"),
            Self::NoAddress(_) => None,
            Self::Authenticate(error) => error.code(),
            Self::Create(error) => error.code(),
            Self::Claim(error) => error.code(),
            Self::Retrieve(error) => error.code(),
            Self::Database(error) => error.code(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::UserExists | Self::NoAddress(_) => None,
            Self::Authenticate(error) => error.retry_after(),
            Self::Create(error) => error.retry_after(),
            Self::Claim(error) => error.retry_after(),
            Self::Retrieve(error) => error.retry_after(),
            Self::Database(error) => error.retry_after(),
        }
    }
}

impl Flows {
    /// Signs somebody in.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn sign_in(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
    ) -> Result<SignIn, AuthenticateError> {
        let authentication = self.auth.authenticate(provider, input).await?;
        self.begin_session(authentication, actor_type, provider).await
    }

    /// Registers somebody, who can then accept an invite.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn register(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
    ) -> Result<SignIn, AuthenticateError> {
        let authentication = self.auth.register(provider, input).await?;
        self.begin_session(authentication, actor_type, provider).await
    }

    /// Goes on where a provider's redirect has led back to us.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn sign_in_by_callback(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
    ) -> Result<SignIn, AuthenticateError> {
        let authentication = self.auth.validate_callback(provider, input).await?;
        self.begin_session(authentication, actor_type, provider).await
    }

    async fn begin_session(
        &self,
        authentication: Authentication,
        actor_type: &str,
        provider: &str,
    ) -> Result<SignIn, AuthenticateError> {
        match authentication {
            Authentication::Authenticated(identity) => {
                let token = self.auth.start_session(&identity, actor_type, provider).await;
                Ok(SignIn::Session(Box::new(token.map_err(|error| match error {
                    // Deleted, with its user, between the password and the session.
                    Error::ForeignKey(_) => AuthenticateError::Refused("This sign-in is not valid any more".into()),
                    error => error.into(),
                })?)))
            }
            Authentication::Redirect { location } => Ok(SignIn::Redirect { location }),
        }
    }

    /// Authenticates somebody and creates the user where there is none: the seed document's last section, in one
    /// transaction.
    ///
    /// # Errors
    ///
    /// [`SignInError`]. A user who exists is never linked by the address alone.
    pub async fn sign_in_or_create_user(
        &self,
        provider: &str,
        input: &AuthInput,
    ) -> Result<(User, AuthIdentity), SignInError> {
        let identity = self.auth.authenticate(provider, input).await?.identity()?;
        if let Some(id) = user_of(&identity) {
            return Ok((self.users.retrieve_user(id).await?, identity));
        }
        let entity = identity.provider_identity(provider).map_or(identity.entity_id(), |part| part.entity_id.as_str());
        let email: EmailAddress = entity.parse().map_err(|_| SignInError::NoAddress(provider.to_owned()))?;
        let created: Result<_, SignInError> = transaction!(self.database, |transaction| {
            let users = [CreateUser::new(email.clone())];
            let user = self.users.create_users_within(transaction, &users).await?.into_iter().next();
            let user = user.ok_or_else(|| Error::Other("a user was created and is not there".into()))?;
            self.auth.claim_identity_within(transaction, identity.id, USER, &user.id.to_string()).await?;
            Ok((user, self.identity_within(transaction, identity.id).await?))
        });
        let error = match created {
            Err(error @ (SignInError::Create(_) | SignInError::Claim(_))) => error,
            done => return done,
        };
        // The same person may have come twice at this moment. Looked for in a transaction: one that was not created
        // because of another sees what the other has done, also before it can be seen from outside.
        let present: Result<_, SignInError> = transaction!(self.database, |transaction| {
            let identity = self.identity_within(transaction, identity.id).await?;
            match user_of(&identity) {
                Some(id) => Ok(Some((self.users.retrieve_user_within(transaction, id).await?, identity))),
                None => Ok(None),
            }
        });
        match (present, error) {
            (Ok(Some(found)), _) => Ok(found),
            (_, SignInError::Create(CreateUsersError::EmailTaken { .. })) => Err(SignInError::UserExists),
            (_, error) => Err(error),
        }
    }

    async fn identity_within(
        &self,
        transaction: &mut Transaction,
        id: AuthIdentityId,
    ) -> Result<AuthIdentity, SignInError> {
        let found = self.auth.retrieve_auth_identity_within(transaction, id).await;
        found.map_err(|error| match error {
            RetrieveIdentityError::Database(error) => error.into(),
            _ => ClaimError::Gone.into(),
        })
    }
}

/// The user to whom an identity belongs.
fn user_of(identity: &AuthIdentity) -> Option<UserId> {
    identity.actor(USER)?.parse().ok()
}
