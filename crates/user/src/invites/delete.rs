//! Deleting invites from the history, for good or so that they can be restored. To take one back, revoke it.

use vestibule_core::{DomainError, ErrorKind, OneOrMany};
use vestibule_database::{Error, Value, transaction};

use super::InviteId;
use crate::UserModule;

/// Why invites could not be restored. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreInvitesError {
    /// Another invite of the same address is pending by now.
    #[error("a deleted invite cannot be restored: another one of the same e-mail address is pending by now")]
    InviteExists,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RestoreInvitesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InviteExists => ErrorKind::Conflict,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        matches!(self, Self::InviteExists).then_some("invite_exists")
    }
}

impl UserModule {
    /// Deletes one invite or many for good. Unknown ids are passed over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_invites(&self, ids: impl OneOrMany<InviteId>) -> Result<(), Error> {
        self.change_invites(ids.into_list(), "DELETE FROM invites WHERE id = $1", |id| vec![id.into()], true).await
    }

    /// Marks one invite or many as deleted: they cannot be accepted. Unknown ids are passed over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn soft_delete_invites(&self, ids: impl OneOrMany<InviteId>) -> Result<(), Error> {
        let text = "UPDATE invites SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL";
        self.change_invites(ids.into_list(), text, |id| vec![id.into(), self.environment.now().into()], true).await
    }

    /// Takes the soft deletion of one invite or many back. Others are passed over.
    ///
    /// # Errors
    ///
    /// [`RestoreInvitesError`].
    pub async fn restore_invites(&self, ids: impl OneOrMany<InviteId>) -> Result<(), RestoreInvitesError> {
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
    ) -> Result<(), Error> {
        transaction!(self.database, |transaction| {
            for id in &ids {
                let changed = transaction.execute(text, &values(*id)).await?;
                if deleted && changed > 0 {
                    vestibule_outbox::record_id(transaction, &self.environment, "invite.deleted", &id.to_string())
                        .await?;
                }
            }
            Ok(())
        })
    }
}
