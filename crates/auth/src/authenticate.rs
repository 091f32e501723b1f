//! Authenticating by a provider: the five methods of the reference's module.
//!
//! A provider identifies the caller ([`Authentication`]). The module adds whether a second factor is due
//! ([`AuthenticationResponse`]): the identity of a caller who has one is withheld until the challenge is passed.

use std::time::Duration;

use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};

use crate::attempts::{AttemptError, Counter};
use crate::identities::RetrieveIdentityError;
use crate::known_devices::DeviceSecrets;
use crate::mfa::{BrowserCeremony, CreateMfaChallenge, MfaChallenge, MfaProof};
use crate::passwords::{HashingError, MAX_CHARACTERS, WeakPassword};
use crate::providers::{HttpError, InvalidInput, ProviderRefusal, RejectionReason};
use crate::stranger_mails::RefusedMail;
use crate::{AuthIdentity, AuthIdentityId, AuthInput, AuthModule, AuthProvider, ProviderContext};

/// A provider's result for an attempt that did not fail, regardless of second factors.
#[derive(Debug, Clone, PartialEq)]
pub enum Authentication {
    /// The caller is identified.
    Authenticated(Box<AuthIdentity>),
    /// The provider redirects the caller elsewhere first; the callback continues.
    Redirect {
        /// The URL.
        location: String,
    },
    /// The caller's browser answers this challenge first; the callback continues.
    Challenge(Box<BrowserCeremony>),
    /// The caller is identified by a second factor that signs in on its own. The proof is to be used in the transaction that
    /// begins the session.
    Proved {
        /// The identity.
        identity: Box<AuthIdentity>,
        /// The proof.
        proof: Box<MfaProof>,
    },
    /// A code was mailed, if the address has an account; the callback takes it, with this state.
    CodeSent {
        /// What the client keeps, and sends with the code.
        state: String,
    },
    /// The caller is identified, back from another service.
    Returned {
        /// The identity.
        identity: Box<AuthIdentity>,
        /// [`AuthInput::continue_to`] of the start.
        continue_to: Option<String>,
        /// Whether the service has checked a second factor, and is trusted with it.
        has_second_factor: bool,
    },
}

/// The module's result for an attempt that did not fail: the reference's `AuthenticationResponse`.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthenticationResponse {
    /// The identity is known, and nothing else is due.
    Authenticated(Box<AuthIdentity>),
    /// The provider knows the identity, and the second factor is due. Ask for a code and pass it to
    /// [`AuthModule::verify_auth_mfa_challenge`]; [`AuthModule::retrieve_auth_identity`] returns the identity then.
    MfaRequired(Box<MfaChallenge>),
    /// The caller's browser answers this challenge first; [`AuthModule::validate_callback`] continues.
    Challenge(Box<BrowserCeremony>),
    /// The provider redirects the caller elsewhere first; [`AuthModule::validate_callback`] continues.
    Redirect {
        /// The URL.
        location: String,
    },
    /// A code was mailed, if the address has an account; [`AuthModule::validate_callback`] takes it, with this state.
    CodeSent {
        /// What the client keeps, and sends with the code.
        state: String,
    },
}

impl AuthenticationResponse {
    /// Returns the identity if nothing else is due.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::MfaRequired`] with the challenge if the second factor is due, and
    /// [`AuthenticateError::Refused`] if the provider asks for a redirect.
    pub fn identity(self) -> Result<AuthIdentity, AuthenticateError> {
        match self {
            Self::Authenticated(identity) => Ok(*identity),
            Self::MfaRequired(challenge) => Err(AuthenticateError::MfaRequired(challenge)),
            Self::Challenge(_) => Err(RejectionReason::ChallengeFirst.into()),
            Self::Redirect { .. } => Err(RejectionReason::RedirectFirst.into()),
            Self::CodeSent { .. } => Err(RejectionReason::CodeFirst.into()),
        }
    }
}

/// The provider's method to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderMethod {
    /// [`AuthProvider::authenticate`]
    Authenticate,
    /// [`AuthProvider::register`]
    Register,
    /// [`AuthProvider::validate_callback`]
    ValidateCallback,
}

/// Why a caller was not authenticated.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum AuthenticateError {
    /// There is no such provider.
    #[error("There is no auth provider {0}")]
    #[kind(NotAllowed)]
    UnknownProvider(String),
    /// Actors of this type may not use the provider ([`AuthOptions::providers_per_actor`](crate::AuthOptions)).
    #[error("The actor type {actor_type} is not allowed to use the auth provider {provider}")]
    #[kind(NotAllowed)]
    NotForActor {
        /// The actor type.
        actor_type: String,
        /// The provider.
        provider: String,
    },
    /// The provider rejects the credentials.
    #[error(transparent)]
    #[kind(Unauthorized, detail = 0)]
    Refused(#[from] RejectionReason),
    /// A provider that redirects refuses the sign-in.
    #[error(transparent)]
    Provider(#[from] ProviderRefusal),
    /// The input is invalid.
    #[error(transparent)]
    #[kind(InvalidData, detail = 0)]
    Invalid(#[from] InvalidInput),
    /// The password is too weak to be set.
    #[error(transparent)]
    #[kind(InvalidData, code = "weak_password", detail = 0)]
    Weak(#[from] WeakPassword),
    /// The password is longer than passwords are compared. Nothing was hashed.
    #[error("The password is too long: {MAX_CHARACTERS} characters at most")]
    #[kind(InvalidData, code = "password_too_long")]
    PasswordTooLong,
    /// The password is in the operator's list ([`AuthOptions::forbidden_passwords`](crate::AuthOptions)).
    #[error("This password may not be used here: it is in the list of forbidden passwords. Choose another one.")]
    #[kind(InvalidData, code = "forbidden_password")]
    ForbiddenPassword,
    /// The mailed code is wrong.
    #[error("The code is wrong. Enter the six digits of the newest mail, or request another code.")]
    #[kind(Unauthorized, code = "wrong_email_code")]
    WrongEmailCode {
        /// The account, as its attempts are counted.
        account: String,
    },
    /// No mail is sent for the caller.
    #[error(transparent)]
    Mail(#[from] RefusedMail),
    /// Too many attempts of the account have failed: nothing was evaluated.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The second factor is due: this challenge must be passed first.
    #[error("This account has a second factor. Answer the challenge with a code to continue.")]
    #[kind(Unauthorized, code = "mfa_required")]
    MfaRequired(Box<MfaChallenge>),
    /// The password is right, but an administrator has locked the account.
    #[error("This account is locked. Ask an administrator to unlock it.")]
    #[kind(Unauthorized, code = "user_locked")]
    Locked,
    /// Too many are signing in at this moment.
    #[error("Too many sign-ins at this moment. Try again in a few seconds.")]
    #[kind(TooManyRequests, code = "too_many_sign_ins")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// Too many new passwords wait to be checked.
    #[error("Too many new passwords are being checked at the moment. Try again in a few seconds.")]
    #[kind(TooManyRequests, code = "too_many_new_passwords")]
    TooManyNewPasswords {
        /// When to try again.
        retry_after: Duration,
    },
    /// The hashing threads gave no result: a bug, or no memory.
    #[error("the password could not be checked")]
    #[kind(Internal)]
    Hashing(#[source] HashingError),
    /// The provider sends requests, and the module was given nothing to send them with.
    #[error("this provider needs AuthModule::with_http_client")]
    #[kind(Internal)]
    NoHttpClient,
    /// The provider's counterpart could not be asked.
    #[error("the provider's server did not answer")]
    #[kind(Unavailable)]
    Http(#[from] HttpError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<HashingError> for AuthenticateError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy { retry_after } => Self::Busy { retry_after },
            HashingError::TooLong => Self::PasswordTooLong,
            error => Self::Hashing(error),
        }
    }
}

impl AuthModule {
    /// Authenticates an identity. If the provider names the account of the input, an attempt of it is counted first.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn authenticate(
        &self,
        provider: &str,
        input: &AuthInput,
    ) -> Result<AuthenticationResponse, AuthenticateError> {
        let authentication = self.call_provider(ProviderMethod::Authenticate, provider, input).await?;
        self.require_mfa(authentication, provider).await
    }

    /// Creates an identity that no actor owns yet, or finds the one that the same registration created before.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn register(
        &self,
        provider: &str,
        input: &AuthInput,
    ) -> Result<AuthenticationResponse, AuthenticateError> {
        let authentication = self.call_provider(ProviderMethod::Register, provider, input).await?;
        self.require_mfa(authentication, provider).await
    }

    /// Continues where a provider's redirect has led back.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn validate_callback(
        &self,
        provider: &str,
        input: &AuthInput,
    ) -> Result<AuthenticationResponse, AuthenticateError> {
        let authentication = self.call_provider(ProviderMethod::ValidateCallback, provider, input).await?;
        self.require_mfa(authentication, provider).await
    }

    /// Finds an identity that the calling program has authenticated by other means, by this provider, and requires its
    /// second factor: `validateAuthIdentity` of the reference.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`] if there is no such identity.
    pub async fn validate_auth_identity(
        &self,
        id: AuthIdentityId,
        provider: &str,
    ) -> Result<AuthenticationResponse, AuthenticateError> {
        let identity = self.retrieve_auth_identity(id).await.map_err(|error| match error {
            RetrieveIdentityError::Database(error) => AuthenticateError::Database(error),
            error => RejectionReason::Other(error.to_string()).into(),
        })?;
        self.require_mfa(Authentication::Authenticated(Box::new(identity)), provider).await
    }

    /// Returns a provider's result, without the second factor. This is for callers that start a session with
    /// [`StartSession::second_factor`](crate::StartSession::second_factor) and so ask for it themselves, in one
    /// transaction with the session. All others call [`AuthModule::authenticate`], [`AuthModule::register`] or
    /// [`AuthModule::validate_callback`].
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn call_provider(
        &self,
        method: ProviderMethod,
        provider: &str,
        input: &AuthInput,
    ) -> Result<Authentication, AuthenticateError> {
        let (provider, context) = self.provider(provider, input)?;
        match method {
            ProviderMethod::Authenticate => self.attempt(provider, &context, input, &DeviceSecrets::default()).await,
            ProviderMethod::Register => provider.register(input, &context).await,
            ProviderMethod::ValidateCallback => provider.validate_callback(input, &context).await,
        }
    }

    async fn attempt(
        &self,
        provider: &dyn AuthProvider,
        context: &ProviderContext<'_>,
        input: &AuthInput,
        secrets: &DeviceSecrets,
    ) -> Result<Authentication, AuthenticateError> {
        let Some(account) = provider.account(input) else {
            return provider.authenticate(input, context).await;
        };
        let device = self.find_known_device(&self.database, &account, secrets).await?;
        let counter = match device {
            Some(device) => Counter::device(&account, device),
            None => Counter::strangers(account),
        };
        let taken = self.count_attempt(counter).await?;
        let result = provider.authenticate(input, context).await;
        match &result {
            // With a second factor due, the right password alone does not prove that the owner is there.
            Ok(Authentication::Authenticated(identity)) if !self.has_mfa(&self.database, identity.id).await? => {
                self.settle_attempt(taken).await?;
            }
            Err(AuthenticateError::Refused(_)) => {}
            // What was not evaluated was no guess.
            _ => self.refund_attempt(taken).await?,
        }
        result
    }

    /// Authenticates on a device with these secrets, as [`AuthModule::call_provider`] does: if the account knows the
    /// device, its guesses count apart from those of strangers.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn authenticate_on_device(
        &self,
        provider: &str,
        input: &AuthInput,
        secrets: &DeviceSecrets,
    ) -> Result<Authentication, AuthenticateError> {
        let (provider, context) = self.provider(provider, input)?;
        let context = context.on_device(secrets);
        self.attempt(provider, &context, input, secrets).await
    }

    /// Continues a sign-in on a device with these secrets, as [`AuthModule::call_provider`] does.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn validate_callback_on_device(
        &self,
        provider: &str,
        input: &AuthInput,
        secrets: &DeviceSecrets,
    ) -> Result<Authentication, AuthenticateError> {
        let (provider, context) = self.provider(provider, input)?;
        provider.validate_callback(input, &context.on_device(secrets)).await
    }

    /// The account that an input is for, as its attempts are counted; `None` if nothing can be guessed.
    pub fn account_tried(&self, provider: &str, input: &AuthInput) -> Option<String> {
        self.find_provider(provider)?.account(input)
    }

    /// Withholds the identity of a caller who has a second factor, and creates the challenge in its place.
    async fn require_mfa(
        &self,
        authentication: Authentication,
        provider: &str,
    ) -> Result<AuthenticationResponse, AuthenticateError> {
        let identity = match authentication {
            Authentication::Authenticated(identity) => identity,
            Authentication::Returned { identity, has_second_factor: true, .. } => {
                return Ok(AuthenticationResponse::Authenticated(identity));
            }
            Authentication::Returned { identity, .. } => identity,
            Authentication::Challenge(ceremony) => return Ok(AuthenticationResponse::Challenge(ceremony)),
            Authentication::Proved { identity, proof } => {
                self.use_sign_in_proof(&proof).await?;
                return Ok(AuthenticationResponse::Authenticated(identity));
            }
            Authentication::Redirect { location } => return Ok(AuthenticationResponse::Redirect { location }),
            Authentication::CodeSent { state } => return Ok(AuthenticationResponse::CodeSent { state }),
        };
        if !self.has_mfa(&self.database, identity.id).await? {
            return Ok(AuthenticationResponse::Authenticated(identity));
        }
        let mut create = CreateMfaChallenge::new(identity.id);
        create.auth_provider = Some(provider.to_owned());
        let challenge = self.create_auth_mfa_challenge(&create).await?;
        Ok(AuthenticationResponse::MfaRequired(Box::new(challenge)))
    }

    async fn use_sign_in_proof(&self, proof: &MfaProof) -> Result<(), AuthenticateError> {
        let used: Result<bool, Error> =
            transaction!(self.database, |transaction| self.use_mfa_proof_within(transaction, proof).await);
        if used? { Ok(()) } else { Err(ProviderRefusal::answered_before().into()) }
    }

    /// Changes an identity's data of the provider: with `emailpass`, the password. The caller has checked the
    /// permission; the returned identity has proved nothing.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn update_provider(
        &self,
        provider: &str,
        entity_id: &str,
        input: &AuthInput,
    ) -> Result<AuthenticationResponse, AuthenticateError> {
        let (provider, context) = self.provider(provider, input)?;
        Ok(match provider.update(entity_id, input, &context).await? {
            Authentication::Authenticated(identity)
            | Authentication::Returned { identity, .. }
            | Authentication::Proved { identity, .. } => AuthenticationResponse::Authenticated(identity),
            Authentication::Challenge(ceremony) => AuthenticationResponse::Challenge(ceremony),
            Authentication::Redirect { location } => AuthenticationResponse::Redirect { location },
            Authentication::CodeSent { state } => AuthenticationResponse::CodeSent { state },
        })
    }

    fn provider<'a>(
        &'a self,
        identifier: &str,
        input: &'a AuthInput,
    ) -> Result<(&'a dyn AuthProvider, ProviderContext<'a>), AuthenticateError> {
        let provider = self.find_provider(identifier);
        let provider = provider.ok_or_else(|| AuthenticateError::UnknownProvider(identifier.to_owned()))?;
        Ok((provider, ProviderContext::new(self, provider.identifier(), input)))
    }
}
