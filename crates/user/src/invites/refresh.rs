//! Sending invites again: a new token, a new expiry, and the old token dead.

use serde_json::{Map, Value as Json};
use vestibule_core::{DomainError, OneOrMany};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};
use vestibule_outbox::{self as outbox, EventName, record_id};

use super::{Invite, InviteId, InviteRow, columns};
use crate::UserModule;

/// Why invites could not be refreshed. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RefreshInvitesError {
    /// These are not pending: unknown, accepted or revoked.
    #[error("The following invites do not exist: {}", .ids.join(", "))]
    #[kind(InvalidData)]
    NotPending {
        /// The ids.
        ids: Vec<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl UserModule {
    /// Refreshes the tokens of one invite or many, all or none. Earlier tokens no longer work, and the invites expire a
    /// whole lifetime from now, also those that had expired.
    ///
    /// # Errors
    ///
    /// [`RefreshInvitesError`].
    pub async fn refresh_invite_tokens<I: OneOrMany<InviteId>>(
        &self,
        ids: I,
    ) -> Result<I::Output<Invite>, RefreshInvitesError> {
        let ids = ids.into_list();
        let refreshed: Result<_, RefreshInvitesError> =
            transaction!(self.database, |transaction| self.refresh_invite_tokens_within(transaction, &ids).await);
        Ok(in_kind::<I, _, _>(refreshed?)?)
    }

    /// Refreshes tokens within a transaction.
    ///
    /// # Errors
    ///
    /// [`RefreshInvitesError`]; the transaction must then be rolled back.
    pub async fn refresh_invite_tokens_within(
        &self,
        transaction: &mut Transaction,
        ids: &[InviteId],
    ) -> Result<Vec<Invite>, RefreshInvitesError> {
        let (mut refreshed, mut missing) = (Vec::with_capacity(ids.len()), Vec::new());
        for id in ids {
            let now = self.environment.now();
            let row: Option<InviteRow> = transaction
                .query_optional(
                    concat!(
                        "UPDATE invites SET nonce = $2, expires_at = $3, sent_at = $4, updated_at = $4,
                             times_sent = times_sent + 1
                         WHERE id = $1 AND state = 'pending' AND deleted_at IS NULL RETURNING ",
                        columns!()
                    ),
                    values![*id, self.nonce(), now + self.options.invite_lifetime, now],
                )
                .await?;
            match row {
                Some(row) => refreshed.push(self.complete(row)),
                None => missing.push(id.to_string()),
            }
            record_id(transaction, &self.environment, EventName::InviteResent, &id.to_string()).await?;
        }
        if missing.is_empty() { Ok(refreshed) } else { Err(RefreshInvitesError::NotPending { ids: missing }) }
    }

    /// Sends an invite again as it is: its token and its expiry stay. `data` is added to the event. Returns whether the
    /// invite can be accepted; otherwise nothing is sent.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn repeat_invite_within(
        &self,
        transaction: &mut Transaction,
        id: InviteId,
        data: &Map<String, Json>,
    ) -> Result<bool, Error> {
        let text = "UPDATE invites SET sent_at = $2, updated_at = $2, times_sent = times_sent + 1
                    WHERE id = $1 AND state = 'pending' AND expires_at > $2 AND deleted_at IS NULL";
        if transaction.execute(text, values![id, self.environment.now()]).await? == 0 {
            return Ok(false);
        }
        let mut event = data.clone();
        event.insert("id".to_owned(), Json::String(id.to_string()));
        let (name, subject) = (EventName::InviteResent, id.to_string());
        outbox::record(transaction, &self.environment, name, &subject, Json::Object(event)).await?;
        Ok(true)
    }

    /// Stores who vouches for an invite from now on, within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn set_inviter_within(
        &self,
        transaction: &mut Transaction,
        id: InviteId,
        invited_by: Option<&str>,
    ) -> Result<(), Error> {
        let text = "UPDATE invites SET invited_by = $2 WHERE id = $1";
        transaction.execute_pipelined(text, values![id, invited_by.map(str::to_owned)]).await
    }
}
