//! Interim: what the flows need of this crate, until the slice `passwords` is merged (which deletes this file).

use std::time::Duration;

use serde::Serialize;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Connection, Error};

use crate::{AuthIdentity, AuthIdentityId, AuthInput, AuthModule, AuthenticateError, ProviderIdentity};

/// slice passwords: moves into verification/
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {}

impl AuthModule {
    /// slice passwords. Whether an identity that signs in as this type of actor has yet to verify its address.
    pub async fn awaits_verification(
        &self,
        _connection: impl Into<Connection<'_>>,
        _identity: &AuthIdentity,
        _actor_type: &str,
        _provider: &str,
    ) -> Result<bool, Error> {
        Ok(false)
    }

    /// slice passwords. The verification of the identity's own address that was asked for last and is outstanding.
    pub async fn find_verification(
        &self,
        _connection: impl Into<Connection<'_>>,
        _identity: &AuthIdentity,
        _provider: &str,
    ) -> Result<Option<Verification>, Error> {
        Ok(None)
    }
}

/// slice passwords: in change_password.rs
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// He signs in by other ways.
    #[error("There is no password to this account. Ask for one by \"Forgot password\".")]
    NoPassword,
    /// The present password is another one.
    #[error("The current password is wrong. Try again, or reset it by mail.")]
    WrongPassword,
    /// Nothing can be hashed at this moment.
    #[error(transparent)]
    Password(#[from] AuthenticateError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for ChangePasswordError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoPassword => ErrorKind::NotAllowed,
            Self::WrongPassword => ErrorKind::InvalidData,
            Self::Password(error) => error.kind(),
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        match self {
            Self::NoPassword => Some("no_password"),
            Self::WrongPassword => Some("wrong_password"),
            Self::Password(error) => error.code(),
            Self::Database(error) => error.code(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Password(error) => error.retry_after(),
            Self::Database(error) => error.retry_after(),
            Self::NoPassword | Self::WrongPassword => None,
        }
    }
}

impl AuthModule {
    /// slice passwords. Proves by his password that somebody is who he is.
    ///
    /// # Errors
    ///
    /// [`ChangePasswordError`].
    pub async fn prove_password(
        &self,
        identity: AuthIdentityId,
        password: &str,
    ) -> Result<ProviderIdentity, ChangePasswordError> {
        let parts = self.list_provider_identities(identity).await?;
        let part =
            parts.into_iter().find(|part| part.provider == "emailpass").ok_or(ChangePasswordError::NoPassword)?;
        let input = AuthInput::body([("email", part.entity_id.as_str()), ("password", password)]);
        match self.authenticate("emailpass", &input).await {
            Ok(_) => Ok(part),
            Err(AuthenticateError::Refused(_)) => Err(ChangePasswordError::WrongPassword),
            Err(error) => Err(error.into()),
        }
    }
}
