//! Invites of an import.

use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::{Error, Transaction, values};

use super::InviteId;
use crate::UserModule;

/// An invite of another program: it keeps its id and its times, and gets a token of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportInvite {
    /// The id.
    pub id: InviteId,
    /// The invited address.
    pub email: EmailAddress,
    /// Whether it can be accepted until it expires; otherwise it was accepted or withdrawn.
    pub is_pending: bool,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Data of other programs.
    pub metadata: Option<Metadata>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was soft-deleted.
    pub deleted_at: Option<Timestamp>,
}

impl UserModule {
    /// Writes an invite. No event is recorded, so no mail is sent.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Unique`] where its id is taken or its address is invited. The transaction must then
    /// be rolled back.
    pub async fn import_invite_within(
        &self,
        transaction: &mut Transaction,
        invite: &ImportInvite,
    ) -> Result<(), Error> {
        let text = "INSERT INTO invites (id, email, email_canonical, state, nonce, expires_at, metadata, revoked_at, times_sent,
                        sent_at, search_text, created_at, updated_at, deleted_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $9, $11, $12)";
        let values = values![
            invite.id,
            invite.email.as_str(),
            invite.email.canonical(),
            if invite.is_pending { "pending" } else { "revoked" },
            self.nonce(),
            invite.expires_at,
            &invite.metadata,
            (!invite.is_pending).then_some(invite.updated_at),
            invite.created_at,
            vestibule_database::search::search_text([Some(invite.email.as_str())]),
            invite.updated_at,
            invite.deleted_at,
        ];
        transaction.execute_pipelined(text, values).await
    }
}
