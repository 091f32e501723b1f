//! Inviting one address, on behalf of one actor.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_core::{DomainError, EmailAddress, Metadata};
use vestibule_database::{Connection, Error, Transaction, transaction};
use vestibule_rbac::{AssignRolesError, Permissions, RoleId};
use vestibule_user::invites::{CreateInvitesError, RefreshInvitesError};
use vestibule_user::{CreateInvite, Invite, InviteId, InviteState, UserId};

use crate::queries::invite_grants::grants_of_invites;
use crate::{Context, Flows, GrantError};

/// An invite to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct NewInvite {
    /// The address.
    pub email: EmailAddress,
    /// The roles of the user who accepts; `None` for the default ones.
    pub roles: Option<Vec<RoleId>>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
}

impl NewInvite {
    /// Invites this address, with the default roles.
    pub fn new(email: EmailAddress) -> Self {
        Self { email, roles: None, metadata: None }
    }
}

/// Why an invite was not created, or not sent again.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum InviteError {
    /// The invite cannot be created.
    #[error(transparent)]
    Create(#[from] CreateInvitesError),
    /// The invite cannot be sent again.
    #[error(transparent)]
    Refresh(#[from] RefreshInvitesError),
    /// There are no such roles.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// The caller lacks what the roles give.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Invites an address, with roles that the caller could give (security.md 5).
    ///
    /// # Errors
    ///
    /// [`InviteError`].
    pub async fn invite(&self, invite: &NewInvite, context: &Context) -> Result<Invite, InviteError> {
        let roles = self.roles_or_default(invite.roles.as_deref());
        transaction!(self.database, |transaction| {
            let grants = self.rbac.grants_of_roles(&mut *transaction, roles).await?;
            self.check_grant_within(transaction, context, &grants).await?;
            context.check_giving(&grants).map_err(GrantError::from)?;
            let create = CreateInvite {
                id: None,
                email: invite.email.clone(),
                metadata: invite.metadata.clone(),
                user_id: None,
                invited_by: context.actor.id(),
            };
            let created = self.users.create_invites_within(transaction, &[create]).await?.into_iter().next();
            let created = created.ok_or_else(|| Error::Other("an invite was created and is not there".into()))?;
            let id = created.id.to_string();
            self.rbac.assign_roles_within(transaction, &id, roles).await?;
            let after = json!({ "email": created.email.as_str(), "roles": roles });
            self.record(transaction, context, Action::InviteCreated, ("invite", &id), None, Some(after)).await?;
            Ok(created)
        })
    }

    /// Sends an invite again: new token, new expiry, and the old token is dead. The caller vouches for its roles from
    /// then on.
    ///
    /// # Errors
    ///
    /// [`InviteError`].
    pub async fn resend_invite(&self, id: InviteId, context: &Context) -> Result<Invite, InviteError> {
        transaction!(self.database, |transaction| {
            let refreshed = self.users.refresh_invite_tokens_within(transaction, &[id]).await?.into_iter().next();
            let mut invite =
                refreshed.ok_or_else(|| Error::Other("an invite was refreshed and is not there".into()))?;
            let grants = self.permissions_of_invite(&mut *transaction, id).await?;
            self.check_grant_within(transaction, context, &grants).await?;
            context.check_giving(&grants).map_err(GrantError::from)?;
            invite.invited_by = context.actor.id();
            self.users.set_inviter_within(transaction, id, invite.invited_by.as_deref()).await?;
            self.record(transaction, context, Action::InviteResent, ("invite", &id.to_string()), None, None).await?;
            Ok(invite)
        })
    }

    /// Revokes an invite. One that is not pending stays as it is.
    ///
    /// # Errors
    ///
    /// [`InviteError`].
    pub async fn revoke_invite(&self, id: InviteId, context: &Context) -> Result<(), InviteError> {
        transaction!(self.database, |transaction| {
            self.check_may_act_on_invite_within(transaction, context, id).await?;
            if !self.users.revoke_invites_within(transaction, &[id]).await?.is_empty() {
                self.record(transaction, context, Action::InviteRevoked, ("invite", &id.to_string()), None, None)
                    .await?;
            }
            Ok(())
        })
    }

    /// The given roles, or the default ones.
    pub(crate) fn roles_or_default<'a>(&'a self, roles: Option<&'a [RoleId]>) -> &'a [RoleId] {
        roles.unwrap_or(&self.default_roles)
    }

    /// What the user who accepts an invite will be able to do.
    pub(crate) async fn permissions_of_invite(
        &self,
        connection: impl Into<Connection<'_>>,
        id: InviteId,
    ) -> Result<Permissions, Error> {
        Ok(grants_of_invites(connection, &[id]).await?.remove(&id.to_string()).unwrap_or_default())
    }

    /// Whether the user or API key that vouches for an invite may do all that it gives; the operator always may.
    pub(crate) async fn may_inviter_grant(
        &self,
        connection: impl Into<Connection<'_>>,
        invite: &Invite,
    ) -> Result<bool, Error> {
        let Some(inviter) = &invite.invited_by else { return Ok(true) };
        let mut connection = connection.into();
        let held = self.permissions_of_subject(connection.again(), inviter).await?;
        Ok(held.covers(&self.permissions_of_invite(connection, invite.id).await?))
    }

    /// Mails a new link to a user who has not accepted yet, and revokes the previous one, which the user's creator
    /// knows: the user has been given more (security.md 37). The giver vouches for the invite from now on. An expired
    /// invite is not sent again until someone requests it.
    pub(crate) async fn replace_link_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
        context: &Context,
    ) -> Result<(), InviteError> {
        let Some(invite) = self.users.find_pending_invite_for_within(transaction, user).await? else { return Ok(()) };
        self.users.set_inviter_within(transaction, invite.id, context.actor.id().as_deref()).await?;
        if invite.state == InviteState::Pending {
            self.users.refresh_invite_tokens_within(transaction, &[invite.id]).await?;
            self.record(transaction, context, Action::InviteResent, ("invite", &invite.id.to_string()), None, None)
                .await?;
        }
        Ok(())
    }
}
