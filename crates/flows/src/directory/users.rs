//! Users of a directory: each change is one transaction, whatever it touches.

use serde_json::{Map, json};
use vestibule_audit::Action;
use vestibule_core::{EmailAddress, Patch, Timestamp};
use vestibule_database::{Transaction, transaction};
use vestibule_user::directory::{DirectoryProfile, DirectoryUser};
use vestibule_user::{CreateInvite, CreateUser, UpdateUser, User, UserId};

use super::{DirectoryError, DirectorySignIn};
use crate::{Context, CreateUserAccount, Flows, SignInMethod, TheirKeys, USER};

/// What a directory changes of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserChange {
    /// The address.
    pub email: Option<EmailAddress>,
    /// The given name.
    pub first_name: Patch<String>,
    /// The family name.
    pub last_name: Patch<String>,
    /// The telephone number.
    pub phone: Patch<String>,
    /// The name that the directory shows.
    pub display_name: Patch<String>,
    /// The id that the directory has given to the user.
    pub external_id: Patch<String>,
    /// Whether the user may sign in.
    pub active: Option<bool>,
}

impl UserChange {
    fn profile(&self) -> DirectoryProfile {
        DirectoryProfile { display_name: self.display_name.clone(), external_id: self.external_id.clone() }
    }
}

impl Flows {
    /// Creates a user of a directory, without roles: its groups give them. The user signs in through a provider, or is invited,
    /// see [`DirectorySignIn`].
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub async fn provision_user(
        &self,
        email: &EmailAddress,
        given: &UserChange,
        context: &Context,
    ) -> Result<DirectoryUser, DirectoryError> {
        let mut user = CreateUser::new(email.clone());
        user.first_name = given.first_name.clone().apply(None);
        user.last_name = given.last_name.clone().apply(None);
        user.phone = given.phone.clone().apply(None);
        let is_active = given.active != Some(false);
        let sign_in_method = match self.directory_sign_in {
            DirectorySignIn::Invite if is_active => SignInMethod::Invite,
            _ => SignInMethod::None,
        };
        let account = CreateUserAccount { user, sign_in_method, roles: Some(Vec::new()) };
        transaction!(self.database, |transaction| {
            if !is_active {
                self.rbac.lock_within(transaction).await?;
            }
            let id = self.create_user_account_within(transaction, &account, None, context).await?.user.id;
            if let Some(key) = context.actor.id() {
                self.users.note_provisioned_within(transaction, id, &key).await?;
            }
            self.update_profile_within(transaction, id, &given.profile(), context).await?;
            if !is_active {
                self.lock_user_within(transaction, (id, TheirKeys::Keep), context).await?;
            }
            Ok(self.users.retrieve_directory_user(&mut *transaction, id).await?)
        })
    }

    /// Changes a user. With `read_at`, only if the user was last changed at one of these times.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub async fn change_provisioned_user(
        &self,
        id: UserId,
        change: &UserChange,
        read_at: Option<&[Timestamp]>,
        context: &Context,
    ) -> Result<DirectoryUser, DirectoryError> {
        transaction!(self.database, |transaction| {
            if change.active == Some(false) {
                // Before the rows of users: see the order of locks in docs/architecture.md.
                self.rbac.lock_within(transaction).await?;
            }
            self.check_may_act_on_within(transaction, context, id).await?;
            let present = self.users.retrieve_user_within(&mut *transaction, id).await?;
            check_version(&present, read_at)?;
            let mut update = UpdateUser::new(id);
            update.first_name.clone_from(&change.first_name);
            update.last_name.clone_from(&change.last_name);
            update.phone.clone_from(&change.phone);
            if update != UpdateUser::new(id) {
                self.update_user_account_within(transaction, &update, context).await?;
            }
            self.update_profile_within(transaction, id, &change.profile(), context).await?;
            if let Some(email) = &change.email
                && email.as_str() != present.email.as_str()
            {
                self.move_within(transaction, &present, email, context).await?;
            }
            match change.active {
                Some(false) => {
                    self.lock_user_within(transaction, (id, TheirKeys::Keep), context).await?;
                }
                Some(true) if present.locked_at.is_some() => {
                    self.unlock_user_within(transaction, id, context).await?;
                    self.invite_if_due_within(transaction, id, context).await?;
                }
                _ => {}
            }
            Ok(self.users.retrieve_directory_user(&mut *transaction, id).await?)
        })
    }

    /// Removes a user with every identity and session. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub async fn deprovision_user(
        &self,
        id: UserId,
        read_at: Option<&[Timestamp]>,
        context: &Context,
    ) -> Result<bool, DirectoryError> {
        transaction!(self.database, |transaction| {
            self.rbac.lock_within(transaction).await?;
            self.check_may_act_on_within(transaction, context, id).await?;
            let present = self.users.lock_two_users_within(transaction, id, id).await?;
            if let Some(present) = present.first() {
                check_version(present, read_at)?;
            }
            Ok(self.remove_user_within(transaction, (id, TheirKeys::Keep), context).await?)
        })
    }

    async fn update_profile_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        change: &DirectoryProfile,
        context: &Context,
    ) -> Result<(), DirectoryError> {
        if *change == DirectoryProfile::default() {
            return Ok(());
        }
        let before = self.users.retrieve_directory_user(&mut *transaction, id).await?;
        let after = self.users.update_directory_profile_within(transaction, id, change).await?;
        if before != after {
            let audited = |user: &DirectoryUser| {
                let fields = [("display_name", &user.display_name), ("external_id", &user.external_id)];
                json!(fields.into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect::<Map<_, _>>())
            };
            let (id, before, after) = (id.to_string(), Some(audited(&before)), Some(audited(&after)));
            self.record(transaction, context, Action::UserUpdated, ("user", &id), before, after).await?;
        }
        Ok(())
    }

    /// Gives a user another address. One who has not accepted an invite is invited at the new one.
    async fn move_within(
        &self,
        transaction: &mut Transaction,
        present: &User,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<(), DirectoryError> {
        let Some(invite) = self.users.find_pending_invite_for_within(transaction, present.id).await? else {
            self.change_email_of_user_within(transaction, present.id, email, context).await?;
            return Ok(());
        };
        if !self.users.revoke_invites_within(transaction, &[invite.id]).await?.is_empty() {
            let id = invite.id.to_string();
            self.record(transaction, context, Action::InviteRevoked, ("invite", &id), None, None).await?;
        }
        let mut update = UpdateUser::new(present.id);
        update.email = Some(email.clone());
        self.update_user_account_within(transaction, &update, context).await?;
        self.invite_within(transaction, present.id, email, context).await
    }

    /// Invites a user who was created without a sign-in method because they were not active, and now are.
    async fn invite_if_due_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        context: &Context,
    ) -> Result<(), DirectoryError> {
        if self.directory_sign_in != DirectorySignIn::Invite
            || self.users.find_pending_invite_for_within(transaction, id).await?.is_some()
            || self.auth.has_identity(&mut *transaction, USER, &id.to_string()).await?
        {
            return Ok(());
        }
        let user = self.users.retrieve_user_within(&mut *transaction, id).await?;
        self.invite_within(transaction, id, &user.email, context).await
    }

    async fn invite_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<(), DirectoryError> {
        let mut invite = CreateInvite::new(email.clone());
        invite.user_id = Some(id);
        invite.invited_by = context.actor.id();
        for invite in self.users.create_invites_within(transaction, &[invite]).await? {
            let (id, after) = (invite.id.to_string(), json!({ "email": invite.email.as_str() }));
            self.record(transaction, context, Action::InviteCreated, ("invite", &id), None, Some(after)).await?;
        }
        Ok(())
    }
}

fn check_version(user: &User, read_at: Option<&[Timestamp]>) -> Result<(), DirectoryError> {
    match read_at {
        Some(times) if !times.contains(&user.updated_at) => Err(DirectoryError::Changed),
        _ => Ok(()),
    }
}
