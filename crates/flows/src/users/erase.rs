//! Erasing a user: after that, nothing here tells who they were. Deletion keeps a row, from which a user can be restored, and
//! the log and the events of what was done.

use vestibule_audit::Action;
use vestibule_core::{DomainError, Erasure};
use vestibule_database::{Error, Transaction};
use vestibule_user::UserId;

use super::RemoveUserAccountError;
use crate::{Context, Flows, TheirKeys, USER};

/// Why a user was not erased.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum EraseUserError {
    /// No one has this id, also no one who was deleted.
    #[error("there is no user {id}, also none who was deleted: they may have been erased already")]
    #[kind(NotFound)]
    NotFound {
        /// The id.
        id: String,
    },
    /// The user cannot be removed.
    #[error(transparent)]
    Remove(#[from] RemoveUserAccountError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// What was erased, and how much of it there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// What is to be erased from tables that these modules do not have.
    pub erasure: Erasure,
    /// How many entries of the audit log lost what named the user.
    pub audit_entries: u64,
    /// How many events did.
    pub events: u64,
}

impl Flows {
    /// Erases a user, removed or not, within a transaction, of which it is the first statement. What must be kept keeps the
    /// user's id, which says nothing about them: who did what, in the audit log, and the positions of events in the feed.
    /// Reads the whole log for each address that the user has had.
    ///
    /// # Errors
    ///
    /// [`EraseUserError`].
    pub async fn erase_user_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        context: &Context,
    ) -> Result<Erased, EraseUserError> {
        let subject = id.to_string();
        let mut erasure = Erasure::new(&subject);
        // Read before the removal, which deletes those that have no other actor.
        for identity in self.auth.list_identity_ids_of_within(transaction, USER, &subject).await? {
            erasure.add_id(identity.to_string());
        }
        self.remove_user_within(transaction, (id, TheirKeys::Keep), context).await?;
        let earlier = self.audit.addresses_of_within(transaction, &subject).await?;
        if !self.users.erase_user_within(transaction, id, earlier, &mut erasure).await? {
            return Err(EraseUserError::NotFound { id: subject });
        }
        self.auth.erase_within(transaction, &erasure).await?;
        let events = vestibule_outbox::erase_within(transaction, &erasure).await?;
        let audit_entries = self.audit.erase_within(transaction, &erasure).await?;
        self.record(transaction, context, Action::UserErased, ("user", &subject), None, None).await?;
        Ok(Erased { erasure, audit_entries, events })
    }
}
