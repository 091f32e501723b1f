//! Checking and setting a new password: the common part of a reset and a change.

use std::fmt;
use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_database::{Error, Transaction, values};
use vestibule_outbox::{self as outbox, EventName};

use crate::identities::{ProviderIdentity, ProviderIdentityId, provider_columns};
use crate::mfa::same_actor;
use crate::passwords::PasswordSubject;
use crate::providers::emailpass;
use crate::{AuthIdentity, AuthIdentityId, AuthModule, AuthenticateError, SessionId};

/// A password that was found strong enough, and is hashed.
#[derive(Clone)]
pub struct NewPassword(String);

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

impl AuthModule {
    /// Checks and hashes a password before the transaction in which it is set: both are slow. It must not consist of
    /// the owner's address or names.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Weak`], [`AuthenticateError::ForbiddenPassword`] or [`AuthenticateError::PasswordTooLong`] if it
    /// cannot be accepted, [`AuthenticateError::Busy`].
    pub async fn prepare_password(
        &self,
        subject: &PasswordSubject<'_>,
        password: &str,
    ) -> Result<NewPassword, AuthenticateError> {
        self.passwords.check_strength(&self.password_rules, password, subject).await?;
        Ok(NewPassword(self.passwords.hash(password, self.environment.random_bytes()).await?))
    }

    /// Checks whether an owner could set a password. Nothing is hashed.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Weak`] with advice, [`AuthenticateError::ForbiddenPassword`],
    /// [`AuthenticateError::PasswordTooLong`], [`AuthenticateError::Busy`].
    pub async fn check_password_strength(
        &self,
        subject: &PasswordSubject<'_>,
        password: &str,
    ) -> Result<(), AuthenticateError> {
        self.passwords.check_strength(&self.password_rules, password, subject).await
    }

    /// Sets a password. Ends every session of the actor's identities but `keep`, and deletes reset tokens, failed
    /// attempts and known devices. An event notifies the owner.
    ///
    /// `None` if the identity does not exist, or `is_current` rejects it.
    pub(crate) async fn set_password_within(
        &self,
        transaction: &mut Transaction,
        part: ProviderIdentityId,
        actor_type: &str,
        is_current: impl FnOnce(&ProviderIdentity) -> bool,
        password: &NewPassword,
        keep: Option<SessionId>,
    ) -> Result<Option<ProviderIdentity>, Error> {
        // Written before it is read: a concurrent change comes before or after this.
        let text = concat!(
            "UPDATE provider_identities SET updated_at = updated_at WHERE id = $1 AND claimed RETURNING ",
            provider_columns!()
        );
        let found: Option<ProviderIdentity> = transaction.query_optional(text, values![part]).await?;
        let Some(part) = found.filter(is_current) else { return Ok(None) };
        // Later than before by any clock: a concurrent sign-in by the old password must be recognised as late.
        let now = self.environment.now().max(part.updated_at + Duration::from_micros(1));
        let metadata = Json::Object(emailpass::new_metadata(password.0.clone(), now));
        let text = "UPDATE provider_identities SET provider_metadata = $2, updated_at = $3 WHERE id = $1";
        transaction.execute_pipelined(text, values![part.id, metadata, now]).await?;
        let text = "DELETE FROM auth_password_resets WHERE provider_identity_id = $1";
        transaction.execute_pipelined(text, values![part.id]).await?;
        self.void_email_changes_of_identity_within(transaction, part.auth_identity_id).await?;
        let text = concat!("DELETE FROM auth_sessions WHERE auth_identity_id IN (", same_actor!(), ") AND id <> $2");
        let keep = keep.map_or_else(String::new, |session| session.to_string());
        transaction.execute_pipelined(text, values![part.auth_identity_id, keep]).await?;
        self.clear_guesses_of_password_within(transaction, &part.entity_canonical).await?;
        let text = concat!("DELETE FROM auth_known_devices WHERE auth_identity_id IN (", same_actor!(), ")");
        transaction.execute_pipelined(text, values![part.auth_identity_id]).await?;
        let identity = part.auth_identity_id.to_string();
        let data = json!({ "auth_identity_id": identity, "entity_id": part.entity_id, "actor_type": actor_type });
        outbox::record(transaction, &self.environment, EventName::PasswordChanged, &identity, data).await?;
        Ok(Some(part))
    }

    /// Locks an identity until the transaction ends. A sign-in does so too before its session begins: either its
    /// session exists, and ends, when the password changes; or it finds that the password has changed. Returns whether
    /// the identity exists.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn hold_identity_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
    ) -> Result<bool, Error> {
        let text = "UPDATE auth_identities SET updated_at = updated_at WHERE id = $1";
        Ok(transaction.execute(text, values![identity]).await? > 0)
    }

    /// Whether the password of an authentication is still the current one: to be checked in the transaction in which
    /// the session begins, once it has written to the identity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_password_unchanged_within(
        &self,
        transaction: &mut Transaction,
        identity: &AuthIdentity,
        provider: &str,
    ) -> Result<bool, Error> {
        let Some(part) = identity.provider_identity(provider).filter(|_| provider == emailpass::EMAILPASS) else {
            return Ok(true);
        };
        let text = concat!("SELECT ", provider_columns!(), " FROM provider_identities WHERE id = $1");
        let present: Option<ProviderIdentity> = transaction.query_optional(text, values![part.id]).await?;
        let set_at = |part: &ProviderIdentity| emailpass::set_at(&part.provider_metadata).cloned();
        Ok(present.is_some_and(|present| set_at(&present) == set_at(part)))
    }
}
