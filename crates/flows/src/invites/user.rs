//! Inviting a user who exists and cannot sign in: accepting the invite sets a password.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_user::invites::{CreateInvitesError, RefreshInvitesError};
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{CreateInvite, Invite, UserId};

use crate::{Context, Flows, GrantError};

/// Why a user was not invited.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum InviteUserError {
    /// There is no such user.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The user may do what the caller may not, or the caller may not change access now.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// An administrator has locked the user.
    #[error("This user is locked. Unlock the user first.")]
    #[kind(NotAllowed, code = "user_locked")]
    Locked,
    /// The user can sign in.
    #[error("This user can sign in already: send them a link to reset the password in its place.")]
    #[kind(NotAllowed, code = "has_sign_in_method")]
    HasMethod,
    /// The invite cannot be created.
    #[error(transparent)]
    Create(#[from] CreateInvitesError),
    /// The invite cannot be sent again.
    #[error(transparent)]
    Refresh(#[from] RefreshInvitesError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Invites a user who has no sign-in method, by a mail to the stored address. An invite that the user has already is sent
    /// again, and its older link no longer works. The caller must be permitted all that the user is (security.md 38).
    ///
    /// # Errors
    ///
    /// [`InviteUserError`].
    pub async fn invite_user(&self, id: UserId, context: &Context) -> Result<Invite, InviteUserError> {
        if !self.list_sign_in_methods_of_user(id).await?.is_empty() {
            return Err(InviteUserError::HasMethod);
        }
        transaction!(self.database, |transaction| {
            self.check_may_act_on_within(transaction, context, id).await?;
            context.check_access_change_of(id).map_err(GrantError::from)?;
            let user = self.users.retrieve_user_within(&mut *transaction, id).await?;
            if user.locked_at.is_some() {
                return Err(InviteUserError::Locked);
            }
            let (inviter, is_missing) =
                (context.actor.id(), || Error::Other("an invite was written and is not there".into()));
            if let Some(pending) = self.users.find_pending_invite_for_within(transaction, id).await? {
                self.users.set_inviter_within(transaction, pending.id, inviter.as_deref()).await?;
                let sent = self.users.refresh_invite_tokens_within(transaction, &[pending.id]).await?;
                let about = pending.id.to_string();
                self.record(transaction, context, Action::InviteResent, ("invite", &about), None, None).await?;
                return Ok(sent.into_iter().next().ok_or_else(is_missing)?);
            }
            let mut invite = CreateInvite::new(user.email.clone());
            (invite.user_id, invite.invited_by) = (Some(id), inviter);
            let created = self.users.create_invites_within(transaction, &[invite]).await?;
            let created = created.into_iter().next().ok_or_else(is_missing)?;
            let after = json!({ "email": created.email.as_str(), "user_id": id });
            let about = created.id.to_string();
            self.record(transaction, context, Action::InviteCreated, ("invite", &about), None, Some(after)).await?;
            Ok(created)
        })
    }
}
