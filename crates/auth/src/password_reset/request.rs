//! Requesting a password reset.

use std::fmt;

use serde_json::{Value as Json, json};
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::{Connection, Error, FromRow, Transaction, transaction, values};
use vestibule_outbox::{self as outbox, EventName};

use super::hash;
use crate::attempts::AttemptLimit;
use crate::identities::ProviderIdentityId;
use crate::providers::emailpass::{EMAILPASS, account_named};
use crate::stranger_mails::MailOrigin;
use crate::{AuthIdentityId, AuthModule, DeviceSecrets};

/// How many tokens are sent to one address at the request of its owner or an embedding program while the first of them
/// is valid. What strangers request is limited by [`crate::stranger_mails`], and never uses this up.
const MOST_SENT: u32 = 5;

/// A request to reset a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestPasswordReset<'a> {
    /// The provider. Only `emailpass` has passwords.
    pub provider: &'a str,
    /// The entity id, in any spelling: the address.
    pub entity_id: &'a str,
    /// The actor type: `user`, ….
    pub actor_type: &'a str,
}

/// A token that sets a password. Printed without the token.
#[derive(Clone, PartialEq)]
pub struct PasswordReset {
    /// The signed text.
    pub token: String,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The identity whose password it sets.
    pub auth_identity_id: AuthIdentityId,
    /// The stored address, the recipient.
    pub entity_id: String,
    /// The actor's type.
    pub actor_type: String,
    /// The actor's id.
    pub actor_id: String,
}

impl fmt::Debug for PasswordReset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordReset")
            .field("auth_identity_id", &self.auth_identity_id)
            .field("entity_id", &self.entity_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// An owner of a password, who may receive a token.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct PasswordOwner {
    id: ProviderIdentityId,
    /// The identity.
    pub auth_identity_id: AuthIdentityId,
    /// The stored address.
    pub entity_id: String,
    /// The actor's type.
    pub actor_type: String,
    /// The actor's id.
    pub actor_id: String,
}

/// The lookup of a [`PasswordOwner`], as a literal for `concat!`.
macro_rules! owners {
    () => {
        "SELECT part.id, part.auth_identity_id, part.entity_id, owner.actor_type, owner.actor_id
         FROM provider_identities part
         JOIN auth_identity_actors owner ON owner.auth_identity_id = part.auth_identity_id
         WHERE part.provider = 'emailpass' AND part.claimed AND owner.actor_type = $1 AND "
    };
}

impl AuthModule {
    /// Has a token sent to the owner of an address, by an event. If it has no owner, or too many were sent already,
    /// nothing happens, which costs a write as well.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn request_password_reset(
        &self,
        request: RequestPasswordReset<'_>,
        metadata: Option<&Metadata>,
    ) -> Result<(), Error> {
        let requested: Result<_, Error> = transaction!(self.database, |transaction| {
            if !self.count_password_reset_within(transaction, request).await? {
                return Ok(());
            }
            let Some(owner) = self.find_password_owner(&mut *transaction, request).await? else { return Ok(()) };
            let origin = MailOrigin::Authenticated;
            let reset = self.issue_password_reset_within(transaction, owner, origin, None).await?;
            self.announce_password_reset_within(transaction, &reset, metadata, origin).await
        });
        match requested {
            // Deleted in the meantime, with its owner.
            Err(Error::ForeignKey(_)) => Ok(()),
            result => result,
        }
    }

    /// Counts a request, for any address, and returns whether a token may be sent.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_password_reset_within(
        &self,
        transaction: &mut Transaction,
        request: RequestPasswordReset<'_>,
    ) -> Result<bool, Error> {
        let account = account_named(request.entity_id);
        let limit = AttemptLimit { most: MOST_SENT, window: self.options.reset_lifetime };
        self.count_within(transaction, &format!("reset {account}"), limit).await
    }

    /// Whether the browser with these secrets is known to the owner of an address: then the requester is most likely
    /// the owner.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_reset_from_known_device_within(
        &self,
        transaction: &mut Transaction,
        request: RequestPasswordReset<'_>,
        devices: &DeviceSecrets,
    ) -> Result<bool, Error> {
        let account = account_named(request.entity_id);
        Ok(self.find_known_device(transaction, &account, devices).await?.is_some())
    }

    /// Reserves the mail that a stranger requests, and returns when it may be sent; `None` if it is not. While an
    /// earlier link is valid, a newer one does not replace it before it can be sent itself: otherwise strangers would
    /// keep the owner without any. So it is for an address that `is_invited`, where the mail repeats the invite. An
    /// address without an owner costs the same.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn reserve_password_reset_within(
        &self,
        transaction: &mut Transaction,
        request: RequestPasswordReset<'_>,
        owner: Option<&PasswordOwner>,
        is_invited: bool,
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.environment.now();
        let text = "SELECT 1 AS one FROM auth_password_resets WHERE provider_identity_id = $1 AND expires_at > $2";
        let part = owner.map(|owner| owner.id.to_string()).unwrap_or_default();
        let has_link = transaction.query_optional::<()>(text, values![part, now]).await?.is_some();
        let recipient = match owner {
            Some(owner) => EmailAddress::canonical_or_text(&owner.entity_id),
            None if is_invited => EmailAddress::canonical_or_text(request.entity_id),
            // Bounded: strangers name any number of addresses without an owner.
            None => self.unknown_recipient(&account_named(request.entity_id)),
        };
        let latest = if has_link || is_invited { now } else { self.latest_mail() };
        self.reserve_mail_within(transaction, &recipient, latest).await
    }

    /// The owner of an address among actors of the type; `None` if it is only registered.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_password_owner(
        &self,
        connection: impl Into<Connection<'_>>,
        request: RequestPasswordReset<'_>,
    ) -> Result<Option<PasswordOwner>, Error> {
        let RequestPasswordReset { provider, entity_id, actor_type } = request;
        let Ok(address) = EmailAddress::parse(entity_id) else { return Ok(None) };
        if provider != EMAILPASS {
            return Ok(None);
        }
        let text = concat!(owners!(), "part.entity_canonical = $2");
        connection.into().query_optional(text, values![actor_type, address.canonical()]).await
    }

    /// The password of an actor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_password_of(
        &self,
        connection: impl Into<Connection<'_>>,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<Option<PasswordOwner>, Error> {
        let text = concat!(owners!(), "owner.actor_id = $2 ORDER BY part.id LIMIT 1");
        connection.into().query_optional(text, values![actor_type, actor_id]).await
    }

    /// Creates a token, which replaces the one before, within a transaction. It lives from when its mail may be sent.
    /// `issued_by` is the caller who receives the token; `None` if it is sent to its owner.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::ForeignKey`] if the identity was deleted in the meantime.
    pub async fn issue_password_reset_within(
        &self,
        transaction: &mut Transaction,
        owner: PasswordOwner,
        origin: MailOrigin,
        issued_by: Option<&str>,
    ) -> Result<PasswordReset, Error> {
        let from = match origin {
            MailOrigin::Stranger { from } => from,
            _ => self.environment.now(),
        };
        let PasswordOwner { id, auth_identity_id, entity_id, actor_type, actor_id } = owner;
        let claims = self.reset_claims(EMAILPASS, entity_id.clone(), &actor_type, from);
        let (token, expires_at) = (self.options.signing_key.sign(&claims), Timestamp::from_seconds(claims.exp));
        let text = "INSERT INTO auth_password_resets (provider_identity_id, token_hash, actor_type, expires_at,
                        created_at, issued_by)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (provider_identity_id) DO UPDATE SET
                        token_hash = excluded.token_hash, actor_type = excluded.actor_type,
                        expires_at = excluded.expires_at, created_at = excluded.created_at,
                        issued_by = excluded.issued_by";
        let (now, issued_by) = (self.environment.now(), issued_by.map(str::to_owned));
        let values = values![id, hash(&token), actor_type.as_str(), expires_at, now, issued_by];
        transaction.execute_pipelined(text, values).await?;
        Ok(PasswordReset { token, expires_at, auth_identity_id, entity_id, actor_type, actor_id })
    }

    /// Has a token sent to the stored address, by an event.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn announce_password_reset_within(
        &self,
        transaction: &mut Transaction,
        reset: &PasswordReset,
        metadata: Option<&Metadata>,
        origin: MailOrigin,
    ) -> Result<(), Error> {
        let subject = reset.auth_identity_id.to_string();
        let mut data = json!({
            "entity_id": reset.entity_id,
            "actor_type": reset.actor_type,
            "token": self.seal_for_event(&EventName::PasswordReset, &subject, &reset.token),
            "metadata": metadata.map_or_else(|| json!({}), |metadata| Json::Object(metadata.as_object().clone())),
        });
        origin.note(&mut data, self.environment.now());
        outbox::record(transaction, &self.environment, EventName::PasswordReset, &subject, data).await.map(drop)
    }
}
