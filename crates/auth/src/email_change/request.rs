//! Requesting a change: limits of its mails, and the events that have them sent.

use std::time::Duration;

use serde_json::json;
use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Error, Transaction, values};
use vestibule_outbox::{self as outbox, EventName};

use super::{EmailChange, EmailChangeLink, NewEmailChange};
use crate::AuthModule;
use crate::attempts::AttemptLimit;
use crate::identities::AccountOwner;
use crate::providers::{EMAILCODE, EMAILPASS};
use crate::stranger_mails::MailOrigin;

/// How many changes one actor can request in [`WINDOW`].
const MOST_BY_ONE: u32 = 5;
const WINDOW: Duration = Duration::from_secs(60 * 60);

impl AuthModule {
    /// Counts a request of an actor's owner, and returns whether it is accepted; otherwise how long to wait.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_email_change_within(
        &self,
        transaction: &mut Transaction,
        actor_id: &str,
    ) -> Result<Result<(), Duration>, Error> {
        let limit = AttemptLimit { most: MOST_BY_ONE, window: WINDOW };
        let counted = self.count_within(transaction, &format!("email change of {actor_id}"), limit).await?;
        Ok(if counted { Ok(()) } else { Err(WINDOW) })
    }

    /// Reserves the mail to an address that the requester need not own, and returns when it may be sent; `None` if
    /// too many were sent there.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn reserve_email_change_within(
        &self,
        transaction: &mut Transaction,
        email: &EmailAddress,
    ) -> Result<Option<Timestamp>, Error> {
        self.reserve_mail_within(transaction, email.canonical(), self.latest_mail()).await
    }

    /// Finds who signs in by this address, with a password or codes.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_owner_of_address_within(
        &self,
        transaction: &mut Transaction,
        email: &EmailAddress,
    ) -> Result<Option<AccountOwner>, Error> {
        let text = "SELECT owner.actor_type, owner.actor_id FROM provider_identities part
                    JOIN auth_identity_actors owner ON owner.auth_identity_id = part.auth_identity_id
                    WHERE part.provider IN ($1, $2) AND part.entity_canonical = $3 AND part.claimed
                    ORDER BY owner.actor_type LIMIT 1";
        transaction.query_optional(text, values![EMAILPASS, EMAILCODE, email.canonical()]).await
    }

    /// Has a link to confirm a change sent to the new address.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn announce_email_change_request_within(
        &self,
        transaction: &mut Transaction,
        (change, link): (NewEmailChange<'_>, &EmailChangeLink),
        origin: MailOrigin,
    ) -> Result<(), Error> {
        let name = EventName::EmailChangeRequested;
        let mut data = json!({
            "actor_type": change.actor_type,
            "actor_id": change.actor_id,
            "entity_id": change.new_email.as_str(),
            "old_email": change.old_email.as_str(),
            "token": self.seal_for_event(&name, change.actor_id, &link.token),
            "expires_at": link.expires_at,
        });
        origin.note(&mut data, self.environment.now());
        outbox::record(transaction, &self.environment, name, change.actor_id, data).await.map(drop)
    }

    /// Has the owner of an address notified that another account tried to take it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn announce_taken_email_within(
        &self,
        transaction: &mut Transaction,
        (owner_type, owner_id): (&str, &str),
        email: &EmailAddress,
        origin: MailOrigin,
    ) -> Result<(), Error> {
        let mut data = json!({ "actor_type": owner_type, "actor_id": owner_id, "entity_id": email.as_str() });
        origin.note(&mut data, self.environment.now());
        outbox::record(transaction, &self.environment, EventName::EmailChangeRefused, owner_id, data).await.map(drop)
    }

    /// Reports a change to the old address, with a link that reverts it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn announce_email_change_within(
        &self,
        transaction: &mut Transaction,
        (change, link): (NewEmailChange<'_>, &EmailChangeLink),
    ) -> Result<(), Error> {
        let name = EventName::EmailChanged;
        let data = json!({
            "actor_type": change.actor_type,
            "actor_id": change.actor_id,
            "entity_id": change.old_email.as_str(),
            "new_email": change.new_email.as_str(),
            "token": self.seal_for_event(&name, change.actor_id, &link.token),
            "expires_at": link.expires_at,
        });
        outbox::record(transaction, &self.environment, name, change.actor_id, data).await.map(drop)
    }

    /// Reports that a change was reverted.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn announce_reverted_email_within(
        &self,
        transaction: &mut Transaction,
        change: &EmailChange,
    ) -> Result<(), Error> {
        let data = json!({
            "actor_type": change.actor_type,
            "actor_id": change.actor_id,
            "entity_id": change.old_email.as_str(),
            "new_email": change.new_email.as_str(),
        });
        let name = EventName::EmailChangeReverted;
        outbox::record(transaction, &self.environment, name, &change.actor_id, data).await.map(drop)
    }
}
