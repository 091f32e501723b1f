//! Previewing an invite by its token alone.

use serde::Serialize;
use vestibule_core::{DomainError, EmailAddress, Timestamp};
use vestibule_database::Error;
use vestibule_user::invites::InviteTokenError;
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{InviteState, User, UserId};

use crate::{AcceptInviteError, Flows};

/// Why the user cannot accept an invite.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum PreviewInviteError {
    /// The token cannot be used.
    #[error(transparent)]
    Token(#[from] InviteTokenError),
    /// Accepting would fail for this reason.
    #[error(transparent)]
    Accept(#[from] AcceptInviteError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// An invite, as the holder of its token may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Preview))]
pub struct InvitePreview {
    /// The invited address.
    pub email: EmailAddress,
    /// Its status; a token that cannot be used is refused with the reason.
    pub state: InviteState,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The inviter, if they are a user who still exists.
    pub invited_by: Option<Inviter>,
    /// The fewest characters of a password with which it can be accepted.
    pub min_password_length: usize,
}

/// The user who invites.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inviter {
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The address.
    pub email: EmailAddress,
}

impl Flows {
    /// Reports the invite of a token. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`PreviewInviteError`], with the reason why the token cannot be used, or that the inviter may no longer give the
    /// invite's roles.
    pub async fn preview_invite(&self, token: &str) -> Result<InvitePreview, PreviewInviteError> {
        let invite = self.users.validate_invite_token(token).await?;
        if !self.may_inviter_grant(&self.database, &invite).await? {
            return Err(AcceptInviteError::InviterLacks.into());
        }
        let min_password_length = self.min_password_length(self.does_invite_need_second_factor(&invite).await?);
        let invited_by = match invite.invited_by.and_then(|id| id.parse::<UserId>().ok()) {
            Some(id) => match self.users.retrieve_user(id).await {
                Ok(User { first_name, last_name, email, .. }) => Some(Inviter { first_name, last_name, email }),
                Err(RetrieveUserError::Database(error)) => return Err(error.into()),
                Err(_) => None,
            },
            None => None,
        };
        Ok(InvitePreview {
            email: invite.email,
            state: invite.state,
            expires_at: invite.expires_at,
            invited_by,
            min_password_length,
        })
    }
}
