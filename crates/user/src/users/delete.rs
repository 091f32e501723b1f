//! Deleting users, for good or so that they can be restored.

use vestibule_core::{DomainError, EmailAddress, OneOrMany};
use vestibule_database::{Error, Transaction, transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::UserId;
use crate::module::changed_ids;
use crate::{ChangedIds, UserModule};

/// Why users could not be restored. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RestoreUsersError {
    /// Another user has the address now.
    #[error("a deleted user cannot be restored: another user has the same e-mail address now")]
    #[kind(Conflict, code = "email_taken")]
    EmailTaken,
    /// The address is reserved for another user, who had it until a change that can still be reverted.
    #[error(
        "a deleted user cannot be restored: the e-mail address is reserved for another user, who can still take it back"
    )]
    #[kind(Conflict, code = "email_reserved")]
    EmailReserved,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl UserModule {
    /// Deletes one user or many for good. Unknown ids are ignored.
    ///
    /// The Auth Module does not know of users: to delete users that can sign in, use the flow that removes their
    /// identities and sessions as well.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            for id in &ids {
                let gone = transaction.execute("DELETE FROM users WHERE id = $1", values![*id]).await?;
                self.release_addresses_within(transaction, *id, &[]).await?;
                self.record_deleted(transaction, *id, gone).await?;
            }
            Ok(())
        })
    }

    /// Marks one user or many as deleted, and returns the ids of those that were not deleted before, under `user_id`.
    /// Their addresses are free again, also those that were reserved for them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn soft_delete_users(&self, ids: impl OneOrMany<UserId>) -> Result<ChangedIds<UserId>, Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            let mut deleted = Vec::new();
            for id in &ids {
                if self.soft_delete_user(transaction, *id).await?.is_some() {
                    deleted.push(*id);
                }
            }
            Ok(changed_ids("user_id", deleted))
        })
    }

    /// Marks users as deleted within a transaction, and returns the addresses that are free again.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn soft_delete_users_within(
        &self,
        transaction: &mut Transaction,
        ids: &[UserId],
    ) -> Result<Vec<EmailAddress>, Error> {
        let mut freed = Vec::new();
        for id in ids {
            freed.extend(self.soft_delete_user(transaction, *id).await?);
        }
        Ok(freed)
    }

    /// Marks a user as deleted, and returns the address that is free again.
    async fn soft_delete_user(&self, transaction: &mut Transaction, id: UserId) -> Result<Option<EmailAddress>, Error> {
        let text =
            "UPDATE users SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING email";
        let freed = transaction.query_scalar_optional(text, values![id, self.environment.now()]).await?;
        self.release_addresses_within(transaction, id, &[]).await?;
        self.record_deleted(transaction, id, u64::from(freed.is_some())).await?;
        Ok(freed)
    }

    /// Undoes the deletion of one user or many, and returns the ids of those that were deleted, under `user_id`.
    ///
    /// # Errors
    ///
    /// [`RestoreUsersError`].
    pub async fn restore_users(&self, ids: impl OneOrMany<UserId>) -> Result<ChangedIds<UserId>, RestoreUsersError> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            let mut restored = Vec::new();
            for id in &ids {
                let text = "UPDATE users SET deleted_at = NULL, updated_at = $2
                            WHERE id = $1 AND deleted_at IS NOT NULL RETURNING email";
                let email: Option<EmailAddress> = transaction
                    .query_scalar_optional(text, values![*id, self.environment.now()])
                    .await
                    .map_err(|error| match error {
                        error if error.is_unique("users_email_canonical") => RestoreUsersError::EmailTaken,
                        error => RestoreUsersError::from(error),
                    })?;
                let Some(email) = email else { continue };
                if self.is_reserved_within(transaction, &email, Some(*id)).await? {
                    return Err(RestoreUsersError::EmailReserved);
                }
                restored.push(*id);
            }
            Ok(changed_ids("user_id", restored))
        })
    }

    async fn record_deleted(&self, transaction: &mut Transaction, id: UserId, rows: u64) -> Result<(), Error> {
        if rows > 0 {
            record_id(transaction, &self.environment, EventName::UserDeleted, &id.to_string()).await?;
        }
        Ok(())
    }
}
