//! Authenticating by a provider: the four methods that the reference's module has for it.

use std::time::Duration;

use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::Error;

use crate::attempts::AttemptError;
use crate::passwords::{HashingError, WeakPassword};
use crate::{AuthIdentity, AuthInput, AuthModule, AuthProvider, IdentityStore};

/// What came of an attempt that did not fail.
#[derive(Debug, Clone, PartialEq)]
pub enum Authentication {
    /// We know who it is.
    Authenticated(Box<AuthIdentity>),
    /// The provider wants the person to come by elsewhere first; the callback goes on.
    Redirect {
        /// Where.
        location: String,
    },
}

impl Authentication {
    /// The identity.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`] where the person has to come by elsewhere first.
    pub fn identity(self) -> Result<AuthIdentity, AuthenticateError> {
        match self {
            Self::Authenticated(identity) => Ok(*identity),
            Self::Redirect { .. } => Err(AuthenticateError::Refused("The provider asks for a redirect first".into())),
        }
    }
}

/// Why somebody was not authenticated.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// There is no such provider.
    #[error("There is no auth provider {0}")]
    UnknownProvider(String),
    /// The provider does not believe it, in its own words.
    #[error("{0}")]
    Refused(String),
    /// What was sent cannot be used, in the provider's own words.
    #[error("{0}")]
    Invalid(String),
    /// The password is not good enough to be set.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// Too many tries of the account have failed: nothing was evaluated.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The password is right, and an administrator keeps the account locked.
    #[error("This account is locked. Ask an administrator to unlock it.")]
    Locked,
    /// Too many are signing in at this moment.
    #[error("Too many sign-ins at this moment. Try again in a few seconds.")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The hashing threads gave no result: a fault of ours, or no memory.
    #[error("the password could not be checked")]
    Hashing(#[source] HashingError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<HashingError> for AuthenticateError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy { retry_after } => Self::Busy { retry_after },
            HashingError::TooLong => Self::Invalid("The password is too long: 1024 characters at most".into()),
            error => Self::Hashing(error),
        }
    }
}

impl DomainError for AuthenticateError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownProvider(_) => ErrorKind::NotAllowed,
            Self::Refused(_) | Self::Locked => ErrorKind::Unauthorized,
            Self::Invalid(_) | Self::Weak(_) => ErrorKind::InvalidData,
            Self::Attempts(error) => error.kind(),
            Self::Busy { .. } => ErrorKind::TooManyRequests,
            Self::Hashing(_) => ErrorKind::Internal,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        match self {
            Self::Busy { .. } => Some("too_many_sign_ins"),
            Self::Weak(_) => Some("weak_password"),
            Self::Attempts(error) => error.code(),
            Self::Locked => Some("user_locked"),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after } => Some(*retry_after),
            Self::Attempts(error) => error.retry_after(),
            Self::Database(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl AuthModule {
    /// Authenticates somebody who has an identity. Where the provider tells which account he tries to come in by, a try
    /// of it is taken first.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn authenticate(&self, provider: &str, input: &AuthInput) -> Result<Authentication, AuthenticateError> {
        let (provider, store) = self.provider(provider)?;
        let Some(account) = provider.account(input) else {
            return provider.authenticate(input, &store).await;
        };
        let taken = self.take_try(&account).await?;
        let result = provider.authenticate(input, &store).await;
        match &result {
            // With a second factor due, the right password alone does not show that its owner is there.
            Ok(Authentication::Authenticated(identity)) if !self.has_mfa(&self.database, identity.id).await? => {
                self.clear_attempts(taken.account()).await?;
            }
            Err(AuthenticateError::Refused(_)) => {}
            // What was not evaluated was no guess.
            _ => self.give_try_back(taken).await?,
        }
        result
    }

    /// Makes an identity that nobody has claimed yet, or finds the one that the same registration made before.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn register(&self, provider: &str, input: &AuthInput) -> Result<Authentication, AuthenticateError> {
        let (provider, store) = self.provider(provider)?;
        provider.register(input, &store).await
    }

    /// Goes on where a redirect has led back to us.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn validate_callback(
        &self,
        provider: &str,
        input: &AuthInput,
    ) -> Result<Authentication, AuthenticateError> {
        let (provider, store) = self.provider(provider)?;
        provider.validate_callback(input, &store).await
    }

    /// Changes what a provider keeps of an identity: with `emailpass`, the password.
    ///
    /// Whoever calls this has made sure that it may be done.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn update_provider(
        &self,
        provider: &str,
        entity_id: &str,
        input: &AuthInput,
    ) -> Result<Authentication, AuthenticateError> {
        let (provider, store) = self.provider(provider)?;
        provider.update(entity_id, input, &store).await
    }

    fn provider<'a>(
        &'a self,
        identifier: &str,
    ) -> Result<(&'a dyn AuthProvider, IdentityStore<'a>), AuthenticateError> {
        let provider = self.find_provider(identifier);
        let provider = provider.ok_or_else(|| AuthenticateError::UnknownProvider(identifier.to_owned()))?;
        Ok((provider, IdentityStore::new(self, provider.identifier())))
    }
}
