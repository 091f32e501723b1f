//! Registering and signing in: a provider verifies the identity, and a session begins.

mod callback;
mod create_user;
mod fresh_proof;
mod link;
mod pending_link;
mod provisioned;
mod sign_up;
mod verification;

use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep_until};
use vestibule_audit::Action;
use vestibule_auth::mfa::{BrowserCeremony, MfaChallenge};
use vestibule_auth::providers::{ProviderRefusal, RejectionReason};
use vestibule_auth::verification::Verification;
use vestibule_auth::{
    AuthIdentity, AuthIdentityId, AuthInput, AuthenticateError, Authentication, DeviceSecrets, EMAILPASS,
    ProviderMethod, SecondFactor, Session, SessionToken, StartSession,
};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::UserId;

pub use self::callback::{ReturnedIdentity, ReturnedSignIn};
pub use self::create_user::SignInError;
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
            self.repeat_invite_for_code(actor_type, input, client).await?;
            // Work for an account or an invite takes longer than for an unknown address.
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
            start.mfa_factor_id = proof.as_ref().and_then(|proof| proof.factor_id());
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
        if let Ok(begun) = &begun {
            self.note_sign_in(begun).await;
        }
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
                return Err(RejectionReason::SecondFactorRemoved.into());
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
        let late = || AuthenticateError::from(RejectionReason::Late);
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
}

/// The user to whom an identity belongs.
pub(crate) fn user_of(identity: &AuthIdentity) -> Option<UserId> {
    identity.actor(USER)?.parse().ok()
}
