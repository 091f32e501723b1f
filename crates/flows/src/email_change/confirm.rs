//! Confirming a change, by the link that was mailed to the new address and a session of the user.

use vestibule_auth::{EmailChange, EmailChangeLinkError, EmailChangePurpose};
use vestibule_core::EmailAddress;
use vestibule_database::{Connection, Error, Transaction, transaction};
use vestibule_user::User;

use super::ChangeEmailError;
use crate::{Context, Flows, SessionCaller, Stage, USER};

/// Whether a caller with a valid link can confirm the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmer {
    /// The caller is the user whose address changes.
    Owner,
    /// An administrator has requested the change for a user who has no sign-in method: the link is enough, as that of an
    /// invite.
    Link,
    /// The caller signs in first: the link may have been sent to a stranger.
    SignIn,
    /// The caller is another user.
    OtherAccount,
}

/// A change that can be confirmed, as a caller may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct EmailChangePreview {
    /// Whether the caller can confirm it.
    pub confirmer: Confirmer,
    /// The address before the change. Only the owner of the account sees it: the mail may have gone to a stranger.
    pub old_email: Option<EmailAddress>,
    /// The address after it.
    pub new_email: EmailAddress,
}

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

    /// Checks a link that confirms a change, and whether this caller can confirm it. Nothing changes.
    ///
    /// # Errors
    ///
    /// [`EmailChangeLinkError`].
    pub async fn preview_email_change(
        &self,
        token: &str,
        caller: Option<&SessionCaller>,
    ) -> Result<EmailChangePreview, EmailChangeLinkError> {
        let change = self.find_email_change(token, EmailChangePurpose::Confirm).await?;
        let confirmer = self.confirmer(&self.database, &change, caller).await?;
        let old_email = Some(change.old_email).filter(|_| confirmer == Confirmer::Owner);
        Ok(EmailChangePreview { confirmer, old_email, new_email: change.new_email })
    }

    /// Changes the address of a user by the link that was mailed to the new one, and the user's session: a stranger to whom
    /// the mail was sent by mistake gains nothing. Every other session of the user ends. The old address is notified, and can
    /// revert the change for seven days; until then it is reserved.
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
            match self.confirmer(&mut *transaction, &change, caller).await? {
                Confirmer::Owner | Confirmer::Link => {}
                Confirmer::SignIn => return Err(ChangeEmailError::SignInRequired),
                Confirmer::OtherAccount => return Err(ChangeEmailError::OtherAccount),
            }
            let changed = self.replace_email_within(transaction, &user, &change.new_email, context).await?;
            self.auth.use_email_change_within(transaction, &change).await?;
            let keep = caller.filter(|caller| is_owner(caller, &change)).map(|caller| caller.session_id);
            self.finish_email_change_within(transaction, (&user, &changed), keep, context).await?;
            Ok(changed)
        })
    }

    async fn confirmer(
        &self,
        connection: impl Into<Connection<'_>>,
        change: &EmailChange,
        caller: Option<&SessionCaller>,
    ) -> Result<Confirmer, Error> {
        if caller.is_some_and(|caller| is_owner(caller, change)) {
            return Ok(Confirmer::Owner);
        }
        if change.issued_by.is_some() {
            let methods = self.auth.list_providers_of_within(connection, &change.actor_type, &change.actor_id).await?;
            if methods.is_empty() {
                return Ok(Confirmer::Link);
            }
        }
        let is_user = caller.is_some_and(|caller| caller.user.is_some() && caller.stage == Stage::Full);
        Ok(if is_user { Confirmer::OtherAccount } else { Confirmer::SignIn })
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

/// Whether a caller is the user whose address changes, with all proofs of the sign-in.
fn is_owner(caller: &SessionCaller, change: &EmailChange) -> bool {
    caller.stage == Stage::Full && caller.user.as_ref().is_some_and(|own| own.id.to_string() == change.actor_id)
}
