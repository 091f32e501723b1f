//! Verifying addresses: a code is requested, and confirmed.

use std::time::Duration;

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::identities::RetrieveIdentityError;
use vestibule_auth::verification::{ConfirmVerificationError, RequestVerificationError};
use vestibule_auth::{AuthIdentityId, RequestVerification, Verification};
use vestibule_core::{DomainError, ErrorKind, Timestamp};
use vestibule_database::{Connection, Error, Transaction, transaction};

use crate::{Context, Flows, SessionCaller};

/// How long a user waits before another mail is sent to them.
const BETWEEN_MAILS: Duration = Duration::from_secs(60);

/// Where the verification of a caller's own address stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationState {
    /// The address, as it is stored.
    pub address: String,
    /// When the last code was requested, and when it expires.
    pub requested: Option<(Timestamp, Timestamp)>,
    /// Whether nothing is left to verify.
    pub is_verified: bool,
}

/// The outcome of requesting a code for the caller's own address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentVerification {
    /// A mail is on its way.
    Sent,
    /// A mail was sent shortly before; the next one can be sent from this moment on.
    Wait {
        /// The moment.
        until: Timestamp,
    },
    /// The address is verified already.
    Verified,
}

/// An identity's request for its own address.
fn own<'a>(identity: AuthIdentityId, entity_type: &'a str, address: &'a str) -> RequestVerification<'a> {
    RequestVerification {
        auth_identity_id: identity,
        entity_type,
        entity_id: address,
        code_provider: None,
        metadata: None,
    }
}

impl Flows {
    /// Has a code sent to an address, by an event. Requests of the identity's owner for its own address are counted
    /// apart from those of strangers.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`].
    pub async fn request_verification(
        &self,
        request: &RequestVerification<'_>,
        context: &Context,
    ) -> Result<Verification, RequestVerificationError> {
        transaction!(self.database, |transaction| self.request_verification_within(transaction, request, context).await)
    }

    async fn request_verification_within(
        &self,
        transaction: &mut Transaction,
        request: &RequestVerification<'_>,
        context: &Context,
    ) -> Result<Verification, RequestVerificationError> {
        let (identity, address) = (request.auth_identity_id, request.entity_id);
        if !self.auth.is_own_address_within(transaction, identity, address).await? {
            self.auth.count_mail_from_within(transaction, context.client.address).await??;
        }
        let requested = self.auth.request_auth_verification_within(transaction, request).await?;
        if requested.is_sent {
            self.record_verification(transaction, context, Action::VerificationRequested, &requested.verification)
                .await?;
        }
        Ok(requested.verification)
    }

    /// Where the verification of the caller's own address stands; `None` if none is required.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn verification_state(&self, caller: &SessionCaller) -> Result<Option<VerificationState>, Error> {
        let found = self
            .find_due_verification(&self.database, caller.auth_identity_id, &caller.actor_type, &caller.provider)
            .await?;
        Ok(found.map(|(_, state)| state))
    }

    /// Has a code sent to the address by which an identity signs in, if one is required and none was sent shortly
    /// before.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`].
    pub async fn send_verification(
        &self,
        identity: AuthIdentityId,
        actor_type: &str,
        provider: &str,
        context: &Context,
    ) -> Result<SentVerification, RequestVerificationError> {
        let now = self.environment.now();
        let sent: Result<_, RequestVerificationError> = transaction!(self.database, |transaction| {
            let found = self.find_due_verification(&mut *transaction, identity, actor_type, provider).await?;
            let Some((entity_type, state)) = found.filter(|(_, state)| !state.is_verified) else {
                return Ok(SentVerification::Verified);
            };
            let until = state.requested.map(|(at, _)| at + BETWEEN_MAILS);
            if let Some(until) = until.filter(|until| *until > now) {
                return Ok(SentVerification::Wait { until });
            }
            let request = own(identity, &entity_type, &state.address);
            self.request_verification_within(transaction, &request, context).await?;
            Ok(SentVerification::Sent)
        });
        match sent {
            Err(error) if error.kind() == ErrorKind::TooManyRequests => {
                Ok(SentVerification::Wait { until: now + error.retry_after().unwrap_or(BETWEEN_MAILS) })
            }
            sent => sent,
        }
    }

    /// The same after a sign-in: nothing is sent while an earlier code is valid, or for a registration that no one has
    /// claimed.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`].
    pub async fn send_first_verification(
        &self,
        identity: AuthIdentityId,
        actor_type: &str,
        provider: &str,
        context: &Context,
    ) -> Result<(), RequestVerificationError> {
        let now = self.environment.now();
        let sent: Result<_, RequestVerificationError> = transaction!(self.database, |transaction| {
            let found = self.find_due_verification(&mut *transaction, identity, actor_type, provider).await?;
            let is_due =
                |state: &VerificationState| !state.is_verified && state.requested.is_none_or(|(_, until)| until <= now);
            let Some((entity_type, state)) = found.filter(|(_, state)| is_due(state)) else { return Ok(()) };
            if self.auth.is_own_address_within(transaction, identity, &state.address).await? {
                let request = own(identity, &entity_type, &state.address);
                self.request_verification_within(transaction, &request, context).await?;
            }
            Ok(())
        });
        match sent {
            // The page shows since when a code is valid.
            Err(error) if error.kind() == ErrorKind::TooManyRequests => Ok(()),
            sent => sent,
        }
    }

    async fn find_due_verification(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
        actor_type: &str,
        provider: &str,
    ) -> Result<Option<(String, VerificationState)>, Error> {
        let Some(entity_type) = self.auth.required_verification(actor_type, provider) else { return Ok(None) };
        let mut connection = connection.into();
        let identity = match self.auth.retrieve_auth_identity_within(connection.again(), identity).await {
            Ok(identity) => identity,
            Err(RetrieveIdentityError::Database(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let Some(part) = identity.provider_identity(provider) else { return Ok(None) };
        let awaits = self.auth.awaits_verification(connection.again(), &identity, actor_type, provider).await?;
        let outstanding = self.auth.find_verification(connection, &identity, provider).await?;
        let state = VerificationState {
            address: part.entity_id.clone(),
            requested: outstanding.map(|found| (found.requested_at, found.expires_at)),
            is_verified: !awaits,
        };
        Ok(Some((entity_type.to_owned(), state)))
    }

    /// Confirms an address by the code that was sent there.
    ///
    /// # Errors
    ///
    /// [`ConfirmVerificationError`].
    pub async fn confirm_verification(
        &self,
        code: &str,
        code_provider: Option<&str>,
        context: &Context,
    ) -> Result<Verification, ConfirmVerificationError> {
        transaction!(self.database, |transaction| {
            let verified = self.auth.confirm_auth_verification_within(transaction, code, code_provider).await?;
            self.record_verification(transaction, context, Action::VerificationConfirmed, &verified).await?;
            Ok(verified)
        })
    }

    async fn record_verification(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        action: Action,
        verification: &Verification,
    ) -> Result<(), Error> {
        let identity = verification.auth_identity_id.to_string();
        let after = json!({ "entity_type": verification.entity_type, "entity_id": verification.entity_id });
        self.record(transaction, context, action, ("auth_identity", &identity), None, Some(after)).await
    }
}
