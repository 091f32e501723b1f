//! Inviting, as the routes and commands do it: by one person, of one address.

use vestibule_core::{EmailAddress, Metadata};
use vestibule_database::Error;
use vestibule_user::invites::{CreateInvitesError, RefreshInvitesError};
use vestibule_user::{CreateInvite, Invite, InviteId, UserId};

use crate::Flows;

impl Flows {
    /// Invites an address. `by` is the user who invites, where it is one.
    ///
    /// # Errors
    ///
    /// [`CreateInvitesError`].
    pub async fn invite(
        &self,
        email: EmailAddress,
        metadata: Option<Metadata>,
        by: Option<UserId>,
    ) -> Result<Invite, CreateInvitesError> {
        let invite = CreateInvite { email, metadata, user_id: None, invited_by: by.map(|id| id.to_string()) };
        self.users.create_invites(invite).await
    }

    /// Sends an invite again: a new token, a new expiry, and the old token dead.
    ///
    /// # Errors
    ///
    /// [`RefreshInvitesError`].
    pub async fn resend_invite(&self, id: InviteId) -> Result<Invite, RefreshInvitesError> {
        self.users.refresh_invite_tokens(id).await
    }

    /// Takes an invite back. One that is not pending stays as it is.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn revoke_invite(&self, id: InviteId) -> Result<(), Error> {
        self.users.revoke_invites(id).await
    }
}
