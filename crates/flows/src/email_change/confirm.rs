//! Confirming a change, by the link that was mailed to the new address.

use vestibule_auth::{EmailChange, EmailChangeLinkError, EmailChangePurpose};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::User;

use super::ChangeEmailError;
use crate::{Context, Flows, SessionCaller, Stage, USER};

impl Flows {
    /// Checks a link of a change. Nothing changes.
    ///
    /// # Errors
    ///
    /// [`EmailChangeLinkError`].
    pub async fn find_email_change(
        &self,
        token: &str,
        purpose: EmailChangePurpose,
    ) -> Result<EmailChange, EmailChangeLinkError> {
        self.auth.find_email_change(token, purpose).await
    }

    /// Changes the address of a user by the link that was mailed to the new one. Every session of the user ends, but
    /// `caller`'s if it is the user's. The old address is notified, and can revert the change for seven days.
    ///
    /// # Errors
    ///
    /// [`ChangeEmailError`].
    pub async fn confirm_email_change(
        &self,
        token: &str,
        caller: Option<&SessionCaller>,
        context: &Context,
    ) -> Result<User, ChangeEmailError> {
        let change = self.find_email_change(token, EmailChangePurpose::Confirm).await?;
        transaction!(self.database, |transaction| {
            let user = self.user_of_change_within(transaction, &change).await?;
            let is_as_requested = user.email.canonical() == change.old_email.canonical();
            if user.locked_at.is_some()
                || !is_as_requested
                || !self.may_requester_act_within(transaction, &change).await?
            {
                return Err(EmailChangeLinkError::Invalid.into());
            }
            let changed = self.replace_email_within(transaction, &user, &change.new_email, context).await?;
            self.auth.use_email_change_within(transaction, &change).await?;
            let is_own = |caller: &&SessionCaller| {
                caller.stage == Stage::Full && caller.user.as_ref().is_some_and(|own| own.id == user.id)
            };
            let keep = caller.filter(is_own).map(|caller| caller.session_id);
            self.finish_email_change_within(transaction, (&user, &changed), keep, context).await?;
            Ok(changed)
        })
    }

    /// Locks and returns the user of a change.
    pub(super) async fn user_of_change_within(
        &self,
        transaction: &mut Transaction,
        change: &EmailChange,
    ) -> Result<User, ChangeEmailError> {
        let id = change.actor_id.parse().ok().filter(|_| change.actor_type == USER);
        let id = id.ok_or(EmailChangeLinkError::Invalid)?;
        let user = self.users.lock_two_users_within(transaction, id, id).await?.pop();
        Ok(user.ok_or(EmailChangeLinkError::Invalid)?)
    }

    /// Whether the user who requested the change for another one may still do all that the other may (security.md 38).
    async fn may_requester_act_within(
        &self,
        transaction: &mut Transaction,
        change: &EmailChange,
    ) -> Result<bool, Error> {
        let Some(requester) = &change.issued_by else { return Ok(true) };
        let held = self.permissions_of_subject(&mut *transaction, requester).await?;
        Ok(held.covers(&self.rbac.permissions_of(transaction, &change.actor_id).await?))
    }
}
