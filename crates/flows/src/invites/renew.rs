//! Requesting a new link for an expired invite.

use vestibule_audit::Action;
use vestibule_database::transaction;
use vestibule_user::Invite;
use vestibule_user::invites::InviteTokenError;

use crate::{Client, Context, Flows, InviteError};

impl Flows {
    /// Sends an invite again to the invited address, at the request of the holder of its expired token, who does not
    /// see the new one. An invite that is not expired stays as it is. The inviter vouches for it as before.
    ///
    /// # Errors
    ///
    /// [`InviteError`]. Having nothing to send is not an error.
    pub async fn renew_invite(&self, token: &str, client: &Client) -> Result<Option<Invite>, InviteError> {
        let id = match self.users.validate_invite_token(token).await {
            Err(InviteTokenError::Expired { .. }) => self.users.invite_named_by(token),
            Err(InviteTokenError::Database(error)) => return Err(error.into()),
            Ok(_) | Err(_) => None,
        };
        let Some(id) = id else { return Ok(None) };
        transaction!(self.database, |transaction| {
            let renewed = self.users.refresh_invite_tokens_within(transaction, &[id]).await?.into_iter().next();
            let context = Context::anonymous(client.clone());
            self.record(transaction, &context, Action::InviteRenewed, ("invite", &id.to_string()), None, None).await?;
            Ok(renewed)
        })
    }
}
