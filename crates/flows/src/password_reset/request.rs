//! Asking for a new password, before anybody knows who asks.

use serde_json::json;
use vestibule_auth::RequestPasswordReset;
use vestibule_core::Metadata;
use vestibule_database::{Error, Transaction, transaction, values};

use crate::{By, Flows, USER};

impl Flows {
    /// Has a token sent to the owner of an address, by an event. Whether there is one does not show: where nobody has
    /// the address, where its owner is locked, and where enough was sent already, it is a write that changes nothing.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn request_password_reset(
        &self,
        request: RequestPasswordReset<'_>,
        metadata: Option<&Metadata>,
        by: &By,
    ) -> Result<(), Error> {
        let requested: Result<_, Error> = transaction!(self.database, |transaction| {
            if !self.auth.count_password_reset_within(transaction, request).await? {
                return Ok(());
            }
            let Some(owner) = self.auth.find_password_owner(&mut *transaction, request).await? else { return Ok(()) };
            if !self.may_come_in_within(transaction, &owner.actor_type, &owner.actor_id).await? {
                return Ok(());
            }
            let reset = self.auth.issue_password_reset_within(transaction, owner).await?;
            self.auth.announce_password_reset_within(transaction, &reset, metadata).await?;
            let after = json!({ "provider": request.provider, "actor_type": reset.actor_type });
            let target = (target(&reset.actor_type), reset.actor_id.as_str());
            self.record(transaction, by, "password.reset_requested", target, None, Some(after)).await
        });
        match requested {
            // Deleted at this moment, with its owner.
            Err(Error::ForeignKey(_)) => Ok(()),
            result => result,
        }
    }

    /// Whether somebody is kept out by nothing but that he has lost his password. Of actors who are no users nothing is
    /// known here.
    pub(super) async fn may_come_in_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<bool, Error> {
        if actor_type != USER {
            return Ok(true);
        }
        let text = "SELECT 1 AS one FROM users WHERE id = $1 AND deleted_at IS NULL AND locked_at IS NULL";
        Ok(transaction.query_optional::<()>(text, values![actor_id]).await?.is_some())
    }
}

/// What an entry of the audit log says that an actor is.
pub(super) fn target(actor_type: &str) -> &'static str {
    if actor_type == USER { "user" } else { "actor" }
}
