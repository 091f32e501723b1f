//! Retrieving one invite by id.

use vestibule_core::{DomainError, EmailAddress};
use vestibule_database::{Connection, Error, Transaction, values};

use super::{Invite, InviteId, InviteRow, columns};
use crate::{UserId, UserModule};

/// Why an invite was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveInviteError {
    /// There is none.
    #[error("Invite with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl UserModule {
    /// Retrieves the invite of this id, in any state.
    ///
    /// # Errors
    ///
    /// [`RetrieveInviteError`].
    pub async fn retrieve_invite(&self, id: InviteId) -> Result<Invite, RetrieveInviteError> {
        self.retrieve_invite_within(&self.database, id).await
    }

    /// Finds the invite to an address that can be accepted.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_invite_to_within(
        &self,
        transaction: &mut Transaction,
        email: &EmailAddress,
    ) -> Result<Option<InviteId>, Error> {
        let text = "SELECT id FROM invites
                    WHERE email_canonical = $1 AND state = 'pending' AND expires_at > $2 AND deleted_at IS NULL";
        transaction.query_scalar_optional(text, values![email.canonical(), self.environment.now()]).await
    }

    /// Finds the pending invite, also an expired one, of a user created in advance.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_pending_invite_for_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
    ) -> Result<Option<Invite>, Error> {
        let text = concat!(
            "SELECT ",
            columns!(),
            " FROM invites WHERE user_id = $1 AND state = 'pending' AND deleted_at IS NULL"
        );
        let row: Option<InviteRow> = transaction.query_optional(text, values![user]).await?;
        Ok(row.map(|row| self.complete(row)))
    }

    /// Finds the user created in advance who signs in by the invite of this token.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_invited_user_within(
        &self,
        transaction: &mut Transaction,
        token: &str,
    ) -> Result<Option<UserId>, Error> {
        let Some(id) = self.invite_named_by(token) else { return Ok(None) };
        let text = concat!("SELECT ", columns!(), " FROM invites WHERE id = $1");
        let row: Option<InviteRow> = transaction.query_optional(text, values![id]).await?;
        Ok(row.and_then(|row| row.invite.user_id))
    }

    /// Retrieves the invite of this id, in any state, also a soft-deleted one: the reference's `withDeleted`.
    ///
    /// # Errors
    ///
    /// [`RetrieveInviteError`].
    pub async fn retrieve_invite_with_deleted(&self, id: InviteId) -> Result<Invite, RetrieveInviteError> {
        let text = concat!("SELECT ", columns!(), " FROM invites WHERE id = $1");
        let row: Option<InviteRow> = self.database.query_optional(text, values![id]).await?;
        let row = row.ok_or_else(|| RetrieveInviteError::NotFound { id: id.to_string() })?;
        Ok(self.complete(row))
    }

    /// Finds an invite within a transaction.
    ///
    /// # Errors
    ///
    /// [`RetrieveInviteError`].
    pub async fn retrieve_invite_within(
        &self,
        connection: impl Into<Connection<'_>>,
        id: InviteId,
    ) -> Result<Invite, RetrieveInviteError> {
        let text = concat!("SELECT ", columns!(), " FROM invites WHERE id = $1 AND deleted_at IS NULL");
        let row: Option<InviteRow> = connection.into().query_optional(text, values![id]).await?;
        let row = row.ok_or_else(|| RetrieveInviteError::NotFound { id: id.to_string() })?;
        Ok(self.complete(row))
    }
}
