//! Deleting users, for good or so that they can be restored.

use vestibule_core::{DomainError, EmailAddress, ErrorKind, OneOrMany};
use vestibule_database::{Error, FromRow, Row, Transaction, transaction, values};

use super::UserId;
use crate::UserModule;

/// Why users could not be restored. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreUsersError {
    /// Somebody else has the address by now.
    #[error("a deleted user cannot be restored: somebody else has the same e-mail address by now")]
    EmailTaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RestoreUsersError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::EmailTaken => ErrorKind::Conflict,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        matches!(self, Self::EmailTaken).then_some("email_taken")
    }
}

impl UserModule {
    /// Deletes one user or many for good. Ids of nobody are passed over.
    ///
    /// To the Auth Module a user is a name in another room: whoever deletes users that can sign in wants the flow
    /// that removes their identities and sessions as well.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            for id in &ids {
                let gone = transaction.execute("DELETE FROM users WHERE id = $1", values![*id]).await?;
                self.record_deleted(transaction, *id, gone).await?;
            }
            Ok(())
        })
    }

    /// Marks one user or many as deleted. Their addresses are free again. Ids of nobody are passed over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn soft_delete_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.soft_delete_users_within(transaction, &ids).await.map(drop))
    }

    /// Marks users as deleted within a transaction, and tells the addresses that are free again.
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
            let gone: Option<Freed> = transaction
                .query_optional(
                    "UPDATE users SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING email",
                    values![*id, self.environment.now()],
                )
                .await?;
            self.record_deleted(transaction, *id, u64::from(gone.is_some())).await?;
            freed.extend(gone.map(|freed| freed.0));
        }
        Ok(freed)
    }

    /// Takes the deletion of one user or many back. Ids of nobody, and of users that are not deleted, are passed over.
    ///
    /// # Errors
    ///
    /// [`RestoreUsersError`].
    pub async fn restore_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), RestoreUsersError> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            for id in &ids {
                transaction
                    .execute(
                        "UPDATE users SET deleted_at = NULL, updated_at = $2 WHERE id = $1 AND deleted_at IS NOT NULL",
                        values![*id, self.environment.now()],
                    )
                    .await
                    .map_err(|error| match error {
                        error if error.is_unique("users_email_canonical") => RestoreUsersError::EmailTaken,
                        error => error.into(),
                    })?;
            }
            Ok(())
        })
    }

    async fn record_deleted(&self, transaction: &mut Transaction, id: UserId, rows: u64) -> Result<(), Error> {
        if rows > 0 {
            vestibule_outbox::record_id(transaction, &self.environment, "user.deleted", &id.to_string()).await?;
        }
        Ok(())
    }
}

struct Freed(EmailAddress);

impl FromRow for Freed {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(row.get("email")?))
    }
}
