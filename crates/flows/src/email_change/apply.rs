//! A change of address takes effect: user, identity, invites and sessions in one transaction.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::identities::UpdateIdentitiesError;
use vestibule_auth::{EmailChangeLinkError, EmailChangePurpose, NewEmailChange, SessionId};
use vestibule_core::{DomainError, EmailAddress};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::users::{RetrieveUserError, UpdateUsersError};
use vestibule_user::{UpdateUser, User, UserId};

use crate::{Context, Flows, GrantError, USER};

/// Why an address was not changed. Nothing was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ChangeEmailError {
    /// The link does not work.
    #[error(transparent)]
    Link(#[from] EmailChangeLinkError),
    /// The link alone confirms nothing: it may have been sent to a stranger.
    #[error("Sign in to the account whose address changes, and confirm the change again.")]
    #[kind(Unauthorized, code = "email_change_sign_in")]
    SignInRequired,
    /// The caller is another user than the one whose address changes.
    #[error("This link is for another account. Sign in to that account, and confirm the change again.")]
    #[kind(Forbidden, code = "email_change_of_another_account")]
    OtherAccount,
    /// There is no such user.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The user may do more than the caller.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The user has not accepted an invite to the present address.
    #[error("This user has not accepted their invite yet. Delete the user, and invite the new address.")]
    #[kind(NotAllowed, code = "user_not_joined")]
    NotJoined,
    /// It is the address of the user already.
    #[error("This is the address of the account already. Enter another one.")]
    #[kind(NotAllowed, code = "email_unchanged")]
    Unchanged,
    /// Another account has the address.
    #[error("Another account has the address {email}. Choose another address.")]
    #[kind(InvalidData, code = "email_of_another_account")]
    Taken {
        /// The address.
        email: String,
    },
    /// The user cannot be changed.
    #[error(transparent)]
    Update(UpdateUsersError),
    /// The identity cannot be changed.
    #[error(transparent)]
    Identity(UpdateIdentitiesError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<UpdateUsersError> for ChangeEmailError {
    fn from(error: UpdateUsersError) -> Self {
        match error {
            UpdateUsersError::EmailTaken { email } => Self::Taken { email },
            UpdateUsersError::Database(error) => Self::Database(error),
            error => Self::Update(error),
        }
    }
}

impl From<UpdateIdentitiesError> for ChangeEmailError {
    fn from(error: UpdateIdentitiesError) -> Self {
        match error {
            UpdateIdentitiesError::EntityTaken { entity_id, .. } => Self::Taken { email: entity_id },
            UpdateIdentitiesError::Database(error) => Self::Database(error),
            error => Self::Identity(error),
        }
    }
}

impl Flows {
    /// Changes the address of a user at once, for the operator, who vouches for the new one. Every session of the user
    /// ends. The old address is notified, and can revert the change for seven days.
    ///
    /// # Errors
    ///
    /// [`ChangeEmailError`].
    pub async fn change_email_of_user(
        &self,
        id: UserId,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<User, ChangeEmailError> {
        transaction!(self.database, |transaction| {
            self.change_email_of_user_within(transaction, id, email, context).await
        })
    }

    /// The same within a transaction.
    pub(crate) async fn change_email_of_user_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<User, ChangeEmailError> {
        self.check_may_act_on_within(transaction, context, id).await?;
        context.check_access_change_of(id).map_err(GrantError::from)?;
        let user = self.users.retrieve_user_within(&mut *transaction, id).await?;
        if user.email.as_str() == email.as_str() {
            return Err(ChangeEmailError::Unchanged);
        }
        if self.users.find_pending_invite_for_within(transaction, id).await?.is_some() {
            return Err(ChangeEmailError::NotJoined);
        }
        let changed = self.replace_email_within(transaction, &user, email, context).await?;
        self.finish_email_change_within(transaction, (&user, &changed), None, context).await?;
        Ok(changed)
    }

    /// Gives a user, whose row the transaction has locked, another address: that of the user and of the identity. A
    /// pending invite to the new address is revoked: its owner has an account.
    pub(super) async fn replace_email_within(
        &self,
        transaction: &mut Transaction,
        user: &User,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<User, ChangeEmailError> {
        // The invite before the user's new address, as in accepting one: in the other order the two would wait for each other.
        if let Some(revoked) = self.users.revoke_invite_of_within(transaction, email).await? {
            let id = revoked.to_string();
            self.record(transaction, context, Action::InviteRevoked, ("invite", &id), None, None).await?;
        }
        let mut update = UpdateUser::new(user.id);
        update.email = Some(email.clone());
        let changed = self.users.update_users_within(transaction, &[update]).await?.pop();
        let changed = changed.ok_or_else(|| Error::Other("a user was changed and is not there".into()))?;
        let subject = user.id.to_string();
        self.auth.change_email_of_within(transaction, (USER, &subject), &user.email, email).await?;
        Ok(changed)
    }

    /// Ends the sessions of a user but `keep`, and notifies the old address, with a link that reverts the change. As long
    /// as it works, the address is reserved.
    pub(super) async fn finish_email_change_within(
        &self,
        transaction: &mut Transaction,
        (before, after): (&User, &User),
        keep: Option<SessionId>,
        context: &Context,
    ) -> Result<(), Error> {
        let subject = before.id.to_string();
        let ended = self.auth.end_sessions_of_actor_within(transaction, USER, &subject, keep).await?;
        let change = NewEmailChange {
            purpose: EmailChangePurpose::Revert,
            actor_type: USER,
            actor_id: &subject,
            old_email: &before.email,
            new_email: &after.email,
            issued_by: None,
            from: self.environment.now(),
        };
        let link = self.auth.create_email_change_link_within(transaction, change).await?;
        if before.email.canonical() != after.email.canonical() {
            self.users.reserve_address_within(transaction, &before.email, before.id, link.expires_at).await?;
        }
        self.auth.announce_email_change_within(transaction, (change, &link)).await?;
        let (before, after) =
            (json!({ "email": before.email.as_str(), "sessions": ended }), json!({ "email": after.email.as_str() }));
        let action = Action::EmailChanged;
        self.record(transaction, context, action, ("user", &subject), Some(before), Some(after)).await
    }
}
