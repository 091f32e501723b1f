//! Updating invites; among it, marking one as accepted, as the seed document does.

use vestibule_core::{DomainError, InvalidMetadata, MetadataPatch, OneOrMany};
use vestibule_database::{Error, Sql, Transaction, in_kind, transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::{Invite, InviteId, InviteRow, InviteTokenError, columns};
use crate::UserModule;

/// A change of an invite.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateInvite {
    /// The invite.
    pub id: InviteId,
    /// Marks it as accepted, if it still can be.
    pub accepted: bool,
    /// Merged key by key.
    pub metadata: MetadataPatch,
}

impl UpdateInvite {
    /// An update of this invite without changes yet.
    pub fn new(id: InviteId) -> Self {
        Self { id, accepted: false, metadata: MetadataPatch::Keep }
    }
}

/// Why invites could not be changed. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UpdateInvitesError {
    /// There is none of this id.
    #[error("Invite with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// It can no longer be accepted.
    #[error(transparent)]
    Accept(#[from] InviteTokenError),
    /// The metadata would become too large.
    #[error(transparent)]
    #[kind(InvalidData)]
    Metadata(#[from] InvalidMetadata),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Locks an invite until this transaction ends. SQLite has one writer anyway.
const LOCK: Sql = Sql::per_engine(
    concat!("SELECT ", columns!(), " FROM invites WHERE id = $1 AND deleted_at IS NULL"),
    concat!("SELECT ", columns!(), " FROM invites WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"),
);

impl UserModule {
    /// Updates one invite or many, all or none. Changed metadata is recorded as `invite.updated` and, as in the
    /// reference, `invite.token_generated`; acceptance as `invite.accepted`.
    ///
    /// # Errors
    ///
    /// [`UpdateInvitesError`].
    pub async fn update_invites<I: OneOrMany<UpdateInvite>>(
        &self,
        updates: I,
    ) -> Result<I::Output<Invite>, UpdateInvitesError> {
        let updates = updates.into_list();
        let updated: Result<_, UpdateInvitesError> =
            transaction!(self.database, |transaction| self.update_invites_within(transaction, &updates).await);
        Ok(in_kind::<I, _, _>(updated?)?)
    }

    /// Updates invites within a transaction.
    ///
    /// # Errors
    ///
    /// [`UpdateInvitesError`]; the transaction must then be rolled back.
    pub async fn update_invites_within(
        &self,
        transaction: &mut Transaction,
        updates: &[UpdateInvite],
    ) -> Result<Vec<Invite>, UpdateInvitesError> {
        let mut updated = Vec::with_capacity(updates.len());
        for update in updates {
            updated.push(self.update_invite(transaction, update.clone()).await?);
        }
        Ok(updated)
    }

    async fn update_invite(
        &self,
        transaction: &mut Transaction,
        update: UpdateInvite,
    ) -> Result<Invite, UpdateInvitesError> {
        let row: Option<InviteRow> = transaction.query_optional(&LOCK, values![update.id]).await?;
        let not_found = || UpdateInvitesError::NotFound { id: update.id.to_string() };
        let mut invite = self.complete(row.ok_or_else(not_found)?);
        let metadata = update.metadata.apply(invite.metadata.clone())?;
        if metadata != invite.metadata {
            let row: Option<InviteRow> = transaction
                .query_optional(
                    concat!("UPDATE invites SET metadata = $2, updated_at = $3 WHERE id = $1 RETURNING ", columns!()),
                    values![update.id, &metadata, self.environment.now()],
                )
                .await?;
            invite = self.complete(row.ok_or_else(not_found)?);
            // The reference records both, though the token stays as it is.
            for event in [EventName::InviteUpdated, EventName::InviteTokenGenerated] {
                record_id(transaction, &self.environment, event, &update.id.to_string()).await?;
            }
        }
        if update.accepted {
            invite = self.accept_invite_by_id(transaction, update.id).await?;
        }
        Ok(invite)
    }
}
