//! Using an invite up. Creating its user is the flow's concern.

use vestibule_database::{Error, Transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::token::Named;
use super::{Invite, InviteId, InviteRow, InviteTokenError, columns};
use crate::{UserId, UserModule};

impl UserModule {
    /// Uses an invite up by its token. Of concurrent callers, one succeeds.
    ///
    /// The caller creates the user, in the same transaction.
    ///
    /// # Errors
    ///
    /// [`InviteTokenError`], with the reason.
    pub async fn accept_invite_within(
        &self,
        transaction: &mut Transaction,
        token: &str,
    ) -> Result<Invite, InviteTokenError> {
        let named = self.read_invite_token(token)?;
        let now = self.environment.now();
        let used: Option<InviteRow> = transaction
            .query_optional(
                concat!(
                    "UPDATE invites SET state = 'accepted', accepted_at = $3, updated_at = $3
                     WHERE id = $1 AND nonce = $2 AND state = 'pending' AND expires_at > $3 AND deleted_at IS NULL
                     RETURNING ",
                    columns!()
                ),
                values![named.id, named.nonce.as_str(), now],
            )
            .await?;
        match used {
            Some(row) => self.record_accepted(transaction, self.complete(row)).await,
            None => Err(self.why_not(transaction, &named).await),
        }
    }

    /// Stores the user who accepted an invite, within the transaction that accepted it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn set_invite_user_within(
        &self,
        transaction: &mut Transaction,
        id: InviteId,
        user: UserId,
    ) -> Result<(), Error> {
        let text = "UPDATE invites SET accepted_by = $2 WHERE id = $1";
        transaction.execute_pipelined(text, values![id, user]).await
    }

    /// Uses an invite up by its id, for a caller that has checked the token already.
    pub(super) async fn accept_invite_by_id(
        &self,
        transaction: &mut Transaction,
        id: InviteId,
    ) -> Result<Invite, InviteTokenError> {
        let used: Option<InviteRow> = transaction
            .query_optional(
                concat!(
                    "UPDATE invites SET state = 'accepted', accepted_at = $2, updated_at = $2
                     WHERE id = $1 AND state = 'pending' AND expires_at > $2 AND deleted_at IS NULL RETURNING ",
                    columns!()
                ),
                values![id, self.environment.now()],
            )
            .await?;
        match used {
            Some(row) => self.record_accepted(transaction, self.complete(row)).await,
            None => {
                let text = concat!("SELECT ", columns!(), " FROM invites WHERE id = $1");
                let row: Option<InviteRow> = transaction.query_optional(text, values![id]).await?;
                let nonce = row.map(|row| row.nonce).ok_or(InviteTokenError::Invalid)?;
                Err(self.why_not(transaction, &Named { id, nonce }).await)
            }
        }
    }

    async fn record_accepted(&self, transaction: &mut Transaction, invite: Invite) -> Result<Invite, InviteTokenError> {
        record_id(transaction, &self.environment, EventName::InviteAccepted, &invite.id.to_string()).await?;
        Ok(invite)
    }

    /// The reason why an invite could not be used up.
    async fn why_not(&self, transaction: &mut Transaction, named: &Named) -> InviteTokenError {
        match self.find_usable(transaction, named).await {
            Err(reason) => reason,
            // It was usable a moment after the statement read it: a clock that went back. Sent again, it works.
            Ok(invite) => InviteTokenError::Expired { expired_at: invite.expires_at },
        }
    }
}
