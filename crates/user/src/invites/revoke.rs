//! Revoking invites. They stay in the history.

use vestibule_core::{EmailAddress, OneOrMany};
use vestibule_database::{Error, Transaction, transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::InviteId;
use crate::UserModule;

impl UserModule {
    /// Revokes one pending invite or many. Others are ignored.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn revoke_invites(&self, ids: impl OneOrMany<InviteId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.revoke_invites_within(transaction, &ids).await.map(drop))
    }

    /// Revokes invites within a transaction, and returns those that were pending.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn revoke_invites_within(
        &self,
        transaction: &mut Transaction,
        ids: &[InviteId],
    ) -> Result<Vec<InviteId>, Error> {
        let mut revoked = Vec::new();
        for id in ids {
            let text = "UPDATE invites SET state = 'revoked', revoked_at = $2, updated_at = $2
                        WHERE id = $1 AND state = 'pending' AND deleted_at IS NULL RETURNING id";
            let found: Option<InviteId> =
                transaction.query_scalar_optional(text, values![*id, self.environment.now()]).await?;
            self.record_revoked(transaction, found, &mut revoked).await?;
        }
        Ok(revoked)
    }

    /// Revokes the pending invite of an address, if there is one: its owner has another sign-in method.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn revoke_invite_of_within(
        &self,
        transaction: &mut Transaction,
        email: &EmailAddress,
    ) -> Result<Option<InviteId>, Error> {
        let text = "UPDATE invites SET state = 'revoked', revoked_at = $2, updated_at = $2
                    WHERE email_canonical = $1 AND state = 'pending' AND deleted_at IS NULL RETURNING id";
        let values = values![email.canonical(), self.environment.now()];
        let found: Option<InviteId> = transaction.query_scalar_optional(text, values).await?;
        let mut revoked = Vec::new();
        self.record_revoked(transaction, found, &mut revoked).await?;
        Ok(revoked.pop())
    }

    async fn record_revoked(
        &self,
        transaction: &mut Transaction,
        found: Option<InviteId>,
        revoked: &mut Vec<InviteId>,
    ) -> Result<(), Error> {
        if let Some(id) = found {
            record_id(transaction, &self.environment, EventName::InviteDeleted, &id.to_string()).await?;
            revoked.push(id);
        }
        Ok(())
    }
}
