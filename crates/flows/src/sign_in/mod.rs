//! Registering and signing in: a provider verifies the identity, and a session begins.

mod fresh_proof;
mod link;
mod sign_up;
mod verification;

use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep_until};
use vestibule_audit::Action;
use vestibule_auth::identities::{ClaimError, RetrieveIdentityError};
use vestibule_auth::mfa::{BrowserCeremony, MfaChallenge};
use vestibule_auth::providers::ProviderRefusal;
use vestibule_auth::verification::Verification;
use vestibule_auth::{
    AuthIdentity, AuthIdentityId, AuthInput, AuthenticateError, Authentication, DeviceSecrets, EMAILPASS,
    ProviderMethod, SecondFactor, Session, SessionToken, StartSession,
};
use vestibule_core::{DomainError, EmailAddress};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::users::{CreateUsersError, RetrieveUserError};
use vestibule_user::{CreateUser, User, UserId};

pub(crate) use self::fresh_proof::ExaminedProof;
pub use self::fresh_proof::{BeginProofError, FreshProof, FreshProofError};
pub use self::link::{LinkProviderError, UnlinkProviderError};
pub use self::sign_up::{SignUpError, SignUpRule, SignUpState};
pub use self::verification::{SentVerification, VerificationState};
use crate::failures::{Failed, FailureReason};
use crate::passwords::RESPONSE_TIME;
use crate::{Actor, Client, Context, Flows, SessionCaller, USER};

/// The outcome of a sign-in that did not fail.
#[derive(Debug, Clone, PartialEq)]
pub enum SignIn {
    /// A session has begun.
    Session(Box<SessionToken>),
    /// The second factor is due: the token opens only the challenge.
    Challenge {
        /// The token of the half session.
        token: Box<SessionToken>,
        /// The challenge.
        challenge: Box<MfaChallenge>,
    },
    /// The address must be verified: until then the token is that of a registration without an account.
    Verification {
        /// The token.
        token: Box<SessionToken>,
        /// The last verification that was requested, if any.
        verification: Option<Box<Verification>>,
    },
    /// The browser answers this challenge first.
    Ceremony(Box<BrowserCeremony>),
    /// The provider redirects the user elsewhere first.
    Redirect {
        /// The URL.
        location: String,
    },
    /// A code was mailed, if the address has an account; the callback takes it, with this state.
    CodeSent {
        /// What the client keeps, and sends with the code.
        state: String,
    },
}

/// Why a user could not be signed in or created.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum SignInError {
    /// The provider rejects the credentials.
    #[error(transparent)]
    Authenticate(#[from] AuthenticateError),
    /// A user with another sign-in method has the address: that a stranger knows the address proves nothing.
    #[error("A user with this address exists already. Sign in the way you did before.")]
    #[kind(Unauthorized, code = "user_exists")]
    UserExists,
    /// The provider's entity id is no e-mail address, so no user can be created from it.
    #[error("The provider {0} does not supply an e-mail address")]
    #[kind(Unauthorized)]
    NoAddress(String),
    /// The user cannot be created.
    #[error(transparent)]
    Create(#[from] CreateUsersError),
    /// The identity was claimed by another actor in the meantime.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The identity belongs to a user who does not exist.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A sign-in that has come back from a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnedSignIn {
    /// The outcome.
    pub sign_in: SignIn,
    /// [`AuthInput::continue_to`] of its start.
    pub continue_to: Option<String>,
}

/// An identity that a provider has returned.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnedIdentity {
    authentication: Authentication,
    /// The identity; nothing where the provider redirects once more.
    pub id: Option<AuthIdentityId>,
    /// [`AuthInput::continue_to`] of its start.
    pub continue_to: Option<String>,
}

/// What begins a session.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StartKind {
    /// A registration can accept an invite, verified or not.
    Registration,
    SignIn,
}

impl Flows {
    /// Signs a user in. With any sign-in method, a user who has a second factor is asked for it (security.md 18).
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn sign_in(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
        client: &Client,
    ) -> Result<SignIn, AuthenticateError> {
        let account = self.auth.account_tried(provider, input);
        let respond_at = Instant::now() + RESPONSE_TIME;
        let signed_in = async {
            self.auth.check_actor_may_use(actor_type, provider)?;
            let authentication = self.auth.authenticate_on_device(provider, input, &client.devices).await?;
            self.begin_session(authentication, actor_type, provider, StartKind::SignIn, client).await
        };
        let signed_in = signed_in.await;
        if matches!(signed_in, Ok(SignIn::CodeSent { .. })) {
            // Work for an account takes longer than for an unknown address.
            sleep_until(respond_at).await;
        }
        if let (Some(account), Some(reason)) = (account, signed_in.as_ref().err().and_then(FailureReason::of)) {
            self.note_failure(Failed::SignIn, reason, &account, &Context::anonymous(client.clone())).await;
        }
        signed_in
    }

    /// Makes a browser known to the owner of an identity who has signed in on it: from then on its failed attempts
    /// count apart from those of strangers. Returns the device id; `None` if the identity is gone.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn remember_device(
        &self,
        identity: AuthIdentityId,
        client: &Client,
    ) -> Result<Option<DeviceSecrets>, Error> {
        let remembered: Result<_, Error> = transaction!(self.database, |transaction| {
            self.auth.remember_device_within(transaction, identity, &client.devices).await
        });
        match remembered {
            Err(Error::ForeignKey(_)) => Ok(None),
            remembered => remembered.map(Some),
        }
    }

    /// Registers an identity, which can then accept an invite.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn register(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
        client: &Client,
    ) -> Result<SignIn, AuthenticateError> {
        self.auth.check_actor_may_use(actor_type, provider)?;
        let authentication = self.auth.call_provider(ProviderMethod::Register, provider, input).await?;
        self.begin_session(authentication, actor_type, provider, StartKind::Registration, client).await
    }

    /// Completes a sign-in after a provider's redirect.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn sign_in_by_callback(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
        client: &Client,
    ) -> Result<ReturnedSignIn, AuthenticateError> {
        let returned = self.complete_redirect(actor_type, provider, input, client).await?;
        let continue_to = returned.continue_to.clone();
        let sign_in = self.begin_returned_session(returned, actor_type, provider, client).await?;
        Ok(ReturnedSignIn { sign_in, continue_to })
    }

    /// Reads a provider's callback, without beginning a session yet: to link the identity, for example.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn complete_redirect(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
        client: &Client,
    ) -> Result<ReturnedIdentity, AuthenticateError> {
        self.auth.check_actor_may_use(actor_type, provider)?;
        let authentication = self.auth.validate_callback_on_device(provider, input, &client.devices).await;
        let context = Context::anonymous(client.clone());
        match &authentication {
            Err(AuthenticateError::Provider(ProviderRefusal::CounterWentBack { entity_id, .. })) => {
                self.note_failure(Failed::SignIn, FailureReason::PasskeyCounter, entity_id, &context).await;
            }
            Err(AuthenticateError::WrongEmailCode { account }) => {
                self.note_failure(Failed::SignIn, FailureReason::WrongCode, account, &context).await;
            }
            _ => {}
        }
        let authentication = authentication?;
        let (id, continue_to) = match &authentication {
            Authentication::Returned { identity, continue_to, .. } => (Some(identity.id), continue_to.clone()),
            Authentication::Authenticated(identity) | Authentication::Proved { identity, .. } => {
                (Some(identity.id), None)
            }
            Authentication::Challenge(_) | Authentication::Redirect { .. } | Authentication::CodeSent { .. } => {
                (None, None)
            }
        };
        Ok(ReturnedIdentity { authentication, id, continue_to })
    }

    /// Begins the session of an identity that a provider has returned.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn begin_returned_session(
        &self,
        returned: ReturnedIdentity,
        actor_type: &str,
        provider: &str,
        client: &Client,
    ) -> Result<SignIn, AuthenticateError> {
        self.begin_session(returned.authentication, actor_type, provider, StartKind::SignIn, client).await
    }

    /// Begins the session of a user who has just accepted an invite, with a password, with a passkey, or without either.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn begin_first_session(
        &self,
        identity: AuthIdentity,
        client: &Client,
    ) -> Result<SignIn, AuthenticateError> {
        let part = identity.provider_identities.first();
        let provider = part.map_or_else(|| EMAILPASS.to_owned(), |part| part.provider.clone());
        let has_second_factor = self.auth.mfa_providers().any(|kind| kind.identifier() == provider);
        let identity = Box::new(identity);
        let authentication = Authentication::Returned { identity, continue_to: None, has_second_factor };
        self.begin_session(authentication, USER, &provider, StartKind::SignIn, client).await
    }

    async fn begin_session(
        &self,
        authentication: Authentication,
        actor_type: &str,
        provider: &str,
        start_kind: StartKind,
        client: &Client,
    ) -> Result<SignIn, AuthenticateError> {
        let (identity, has_second_factor, proof) = match authentication {
            Authentication::Authenticated(identity) => (identity, false, None),
            Authentication::Returned { identity, has_second_factor, .. } => (identity, has_second_factor, None),
            // A passkey is possession and verification of the user: two factors (NIST SP 800-63B-4).
            Authentication::Proved { identity, proof } => (identity, true, Some(proof)),
            Authentication::Challenge(ceremony) => return Ok(SignIn::Ceremony(ceremony)),
            Authentication::Redirect { location } => return Ok(SignIn::Redirect { location }),
            Authentication::CodeSent { state } => return Ok(SignIn::CodeSent { state }),
        };
        let address = client.address_text();
        let begun: Result<_, AuthenticateError> = transaction!(self.database, |transaction| {
            self.check_may_sign_in(transaction, &identity, actor_type, provider).await?;
            if let Some(proof) = &proof
                && !self.auth.use_mfa_proof_within(transaction, proof).await?
            {
                return Err(ProviderRefusal::answered_before().into());
            }
            let mut start = StartSession::new(&identity, actor_type, provider);
            start.address = address.as_deref();
            start.user_agent = client.user_agent.as_deref();
            start.awaits_verification = start_kind == StartKind::SignIn
                && self.auth.awaits_verification(&mut *transaction, &identity, actor_type, provider).await?;
            if self.auth.has_mfa(&mut *transaction, identity.id).await? {
                start.second_factor = if has_second_factor { SecondFactor::Proved } else { SecondFactor::Due };
            }
            let session = self.auth.start_session_within(transaction, &start).await?;
            self.record_session(transaction, &session, &identity, client).await?;
            self.continue_session(transaction, &session, &identity).await
        });
        begun
    }

    /// The result of starting or refreshing a session: a token, or what is still required.
    pub(crate) async fn continue_session(
        &self,
        transaction: &mut Transaction,
        session: &Session,
        identity: &AuthIdentity,
    ) -> Result<SignIn, AuthenticateError> {
        let token = Box::new(self.issue_token(transaction, session, identity).await?);
        if session.awaits_verification {
            let found = self.auth.find_verification(&mut *transaction, identity, &session.provider).await?;
            return Ok(SignIn::Verification { token, verification: found.map(Box::new) });
        }
        if session.awaits_mfa {
            if !self.auth.has_mfa(&mut *transaction, identity.id).await? {
                let message = "Your second factor was removed in the meantime. Sign in again.";
                return Err(AuthenticateError::Refused(message.into()));
            }
            let challenge = self.auth.open_auth_mfa_challenge_within(transaction, session).await?;
            return Ok(SignIn::Challenge { token, challenge: Box::new(challenge) });
        }
        Ok(SignIn::Session(token))
    }

    /// Issues a token with the roles of its owner.
    pub(crate) async fn issue_token(
        &self,
        transaction: &mut Transaction,
        session: &Session,
        identity: &AuthIdentity,
    ) -> Result<SessionToken, Error> {
        let mut identity = identity.clone();
        if let Some(actor) = identity.actor(&session.actor_type) {
            let roles = self.rbac.role_ids_of(&mut *transaction, actor).await?;
            if !roles.is_empty() {
                let roles = roles.iter().map(|role| role.as_str().into()).collect();
                identity.app_metadata.insert("roles".to_owned(), Json::Array(roles));
            }
        }
        Ok(self.auth.issue_token(session, &identity))
    }

    /// A new token of a running session, or what is still required; `None` if it has ended.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn refresh(&self, caller: &SessionCaller) -> Result<Option<SignIn>, AuthenticateError> {
        let going_on: Result<_, AuthenticateError> = transaction!(self.database, |transaction| {
            let Some((mut session, identity)) = self.auth.find_session(&mut *transaction, caller.session_id).await?
            else {
                return Ok(None);
            };
            self.auth.end_wait_for_verification_within(transaction, &mut session, &identity).await?;
            self.continue_session(transaction, &session, &identity).await.map(Some)
        });
        going_on
    }

    /// The present claims of a session's token, as `POST /auth/session` returns them; `None` if it has ended.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn claims(&self, caller: &SessionCaller) -> Result<Option<SessionToken>, Error> {
        let claims: Result<_, Error> = transaction!(self.database, |transaction| {
            match self.auth.find_session(&mut *transaction, caller.session_id).await? {
                Some((session, identity)) => self.issue_token(transaction, &session, &identity).await.map(Some),
                None => Ok(None),
            }
        });
        claims
    }

    /// Rejects users that were locked or deleted after authentication.
    pub(crate) async fn check_may_sign_in(
        &self,
        transaction: &mut Transaction,
        identity: &AuthIdentity,
        actor_type: &str,
        provider: &str,
    ) -> Result<(), AuthenticateError> {
        let late = || AuthenticateError::Refused("This sign-in is not valid any more".into());
        // A write, not only a read: enabling a second factor, setting a password or deleting the identity at the same
        // time happens before this, and is seen below, or after it, and ends the session that is about to start.
        if !self.auth.hold_identity_within(transaction, identity.id).await?
            || !self.auth.is_password_unchanged_within(transaction, identity, provider).await?
        {
            return Err(late());
        }
        match user_of(identity).filter(|_| actor_type == USER) {
            Some(user) if self.users.find_lock_within(transaction, user).await?.is_some() => {
                Err(AuthenticateError::Locked)
            }
            _ => Ok(()),
        }
    }

    /// The audit log records a user's sign-in, but not that of a registration.
    pub(crate) async fn record_session(
        &self,
        transaction: &mut Transaction,
        session: &Session,
        identity: &AuthIdentity,
        client: &Client,
    ) -> Result<(), Error> {
        if session.awaits_mfa || identity.actor(&session.actor_type).is_none() {
            return Ok(());
        }
        let actor = user_of(identity).filter(|_| session.actor_type == USER);
        let actor = actor.map_or(Actor::Identity(identity.id), Actor::User);
        let context = Context { client: client.clone(), ..Context::actor(actor) };
        let after = json!({ "provider": session.provider, "actor_type": session.actor_type });
        self.record(
            transaction,
            &context,
            Action::SessionStarted,
            ("session", &session.id.to_string()),
            None,
            Some(after),
        )
        .await
    }

    /// Authenticates, and creates the user if there is none: the seed document's last section, in one transaction.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; [`AuthenticateError::MfaRequired`] within it carries the challenge of a user who has a second
    /// factor. An existing user is never linked by the address alone. A user created here signed up unasked:
    /// they have no roles until an administrator gives them some.
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
        // The same user may sign in twice at once. Read in a transaction: one that failed because of another sees what
        // the other has done, also before it is visible outside.
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
pub(crate) fn user_of(identity: &AuthIdentity) -> Option<UserId> {
    identity.actor(USER)?.parse().ok()
}
