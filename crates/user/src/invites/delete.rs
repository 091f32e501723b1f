//! Deleting invites from the history, for good or so that they can be restored. To withdraw one, revoke it.

use vestibule_core::{DomainError, OneOrMany};
use vestibule_database::{Error, Value, transaction};
use vestibule_outbox::{EventName, record_id};

use super::InviteId;
use crate::module::changed_ids;
use crate::{ChangedIds, UserModule};

/// Why invites could not be restored. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RestoreInvitesError {
    /// Another invite of the same address is pending.
    #[error("a deleted invite cannot be restored: another one of the same e-mail address is pending by now")]
    #[kind(Conflict, code = "invite_exists")]
    InviteExists,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl UserModule {
    /// Deletes one invite or many for good. Unknown ids are ignored.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_invites(&self, ids: impl OneOrMany<InviteId>) -> Result<(), Error> {
        self.change_invites(ids.into_list(), "DELETE FROM invites WHERE id = $1", |id| vec![id.into()], true)
            .await
            .map(drop)
    }

    /// Marks one invite or many as deleted, so that they cannot be accepted, and returns the ids of those that were not
    /// deleted before, under `invite_id`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn soft_delete_invites(&self, ids: impl OneOrMany<InviteId>) -> Result<ChangedIds<InviteId>, Error> {
        let text = "UPDATE invites SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL";
        self.change_invites(ids.into_list(), text, |id| vec![id.into(), self.environment.now().into()], true).await
    }

    /// Undoes the soft deletion of one invite or many, and returns the ids of those that were deleted, under
    /// `invite_id`.
    ///
    /// # Errors
    ///
    /// [`RestoreInvitesError`].
    pub async fn restore_invites(
        &self,
        ids: impl OneOrMany<InviteId>,
    ) -> Result<ChangedIds<InviteId>, RestoreInvitesError> {
        let text = "UPDATE invites SET deleted_at = NULL, updated_at = $2 WHERE id = $1 AND deleted_at IS NOT NULL";
        let values = |id: InviteId| vec![id.into(), self.environment.now().into()];
        self.change_invites(ids.into_list(), text, values, false).await.map_err(|error| match error {
            error if error.is_unique("invites_email_canonical") => RestoreInvitesError::InviteExists,
            error => error.into(),
        })
    }

    async fn change_invites(
        &self,
        ids: Vec<InviteId>,
        text: &'static str,
        values: impl Fn(InviteId) -> Vec<Value>,
        deleted: bool,
    ) -> Result<ChangedIds<InviteId>, Error> {
        transaction!(self.database, |transaction| {
            let mut list = Vec::new();
            for id in &ids {
                let changed = transaction.execute(text, &values(*id)).await?;
                list.extend((changed > 0).then_some(*id));
                if deleted && changed > 0 {
                    record_id(transaction, &self.environment, EventName::InviteDeleted, &id.to_string()).await?;
                }
            }
            Ok(changed_ids("invite_id", list))
        })
    }
}
