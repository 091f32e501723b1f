//! Requesting a change of address.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until};
use vestibule_audit::Action;
use vestibule_auth::{EmailChangePurpose, MailOrigin, NewEmailChange, RefusedMail};
use vestibule_core::{DomainError, EmailAddress, Timestamp};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{User, UserId};

use crate::passwords::RESPONSE_TIME;
use crate::{Context, Flows, FreshProof, FreshProofError, GrantError, SessionCaller, USER};

/// Why a change was not requested.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RequestEmailChangeError {
    /// A fresh proof of identity is due.
    #[error(transparent)]
    Proof(#[from] FreshProofError),
    /// There is no such user.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The user may do more than the caller, or the caller may not change access now.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// An administrator has locked the user.
    #[error("This user is locked. Unlock the user first.")]
    #[kind(NotAllowed, code = "user_locked")]
    Locked,
    /// It is the address of the user already.
    #[error("This is the address of the account already. Enter another one.")]
    #[kind(NotAllowed, code = "email_unchanged")]
    Unchanged,
    /// The user has not accepted an invite to the present address.
    #[error("This user has not accepted their invite yet. Delete the user, and invite the new address.")]
    #[kind(NotAllowed, code = "user_not_joined")]
    NotJoined,
    /// Too many changes were requested for this account.
    #[error("Too many changes of the address were requested. Use the newest mail, or try again in an hour.")]
    #[kind(TooManyRequests, code = "too_many_email_changes")]
    TooMany {
        /// When the next one is accepted.
        retry_after: Duration,
    },
    /// The client has caused too many mails.
    #[error(transparent)]
    Refused(#[from] RefusedMail),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Requests another address for the caller's account: a link to confirm the change is mailed there, and nothing
    /// changes until it is used. Whether the address belongs to another account does not show: then its owner is
    /// notified in place of the link, and the response takes the same time.
    ///
    /// # Errors
    ///
    /// [`RequestEmailChangeError`], which does not depend on who has the new address.
    pub async fn request_email_change(
        &self,
        caller: &SessionCaller,
        email: &EmailAddress,
        proof: &FreshProof,
        context: &Context,
    ) -> Result<(), RequestEmailChangeError> {
        let user = caller.user.as_ref().ok_or(FreshProofError::SignedOut)?.id;
        let proof = self.examine_fresh_proof(caller, proof).await?;
        let respond_at = Instant::now() + RESPONSE_TIME;
        let requested: Result<_, RequestEmailChangeError> = transaction!(self.database, |transaction| {
            let user = self.changing_user_within(transaction, user, email).await?;
            let subject = user.id.to_string();
            let counted = self.auth.count_email_change_within(transaction, &subject).await?;
            counted.map_err(|retry_after| RequestEmailChangeError::TooMany { retry_after })?;
            self.auth.count_mail_from_within(transaction, context.client.address).await??;
            // As a stranger: the address need not be the caller's.
            if let Some(from) = self.auth.reserve_email_change_within(transaction, email).await? {
                let origin = MailOrigin::Stranger { from };
                self.send_email_change_within(transaction, (&user, email), (origin, from), None).await?;
            }
            self.record_email_change_request(transaction, (&user, email), context).await?;
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            Ok(())
        });
        // Work for a free address takes longer than for a taken one.
        sleep_until(respond_at).await;
        requested?;
        self.settle_fresh_proof(proof).await?;
        Ok(())
    }

    /// Requests another address for a user, who may do nothing that the caller may not. As for a caller's own account,
    /// the new address confirms, and a taken one does not show.
    ///
    /// # Errors
    ///
    /// [`RequestEmailChangeError`].
    pub async fn request_email_change_of_user(
        &self,
        id: UserId,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<(), RequestEmailChangeError> {
        let respond_at = Instant::now() + RESPONSE_TIME;
        let requested: Result<_, RequestEmailChangeError> = transaction!(self.database, |transaction| {
            self.check_may_act_on_within(transaction, context, id).await?;
            context.check_access_change_of(id).map_err(GrantError::from)?;
            let user = self.changing_user_within(transaction, id, email).await?;
            let (issuer, now) = (context.actor.id(), self.environment.now());
            let origin = (MailOrigin::Authenticated, now);
            self.send_email_change_within(transaction, (&user, email), origin, issuer.as_deref()).await?;
            self.record_email_change_request(transaction, (&user, email), context).await
        });
        sleep_until(respond_at).await;
        requested
    }

    /// Locks and returns the user, if another address can be requested for them.
    async fn changing_user_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        email: &EmailAddress,
    ) -> Result<User, RequestEmailChangeError> {
        let user = self.users.lock_two_users_within(transaction, id, id).await?.pop();
        let user = user.ok_or_else(|| RetrieveUserError::NotFound { id: id.to_string() })?;
        if user.locked_at.is_some() {
            return Err(RequestEmailChangeError::Locked);
        }
        if user.email.as_str() == email.as_str() {
            return Err(RequestEmailChangeError::Unchanged);
        }
        if self.users.find_pending_invite_for_within(transaction, id).await?.is_some() {
            return Err(RequestEmailChangeError::NotJoined);
        }
        Ok(user)
    }

    /// Has a link sent to a free address, or a notice to the owner of a taken one. Either voids the link before.
    async fn send_email_change_within(
        &self,
        transaction: &mut Transaction,
        (user, email): (&User, &EmailAddress),
        (origin, from): (MailOrigin, Timestamp),
        issued_by: Option<&str>,
    ) -> Result<(), Error> {
        let subject = user.id.to_string();
        let change = NewEmailChange {
            purpose: EmailChangePurpose::Confirm,
            actor_type: USER,
            actor_id: &subject,
            old_email: &user.email,
            new_email: email,
            issued_by,
            from,
        };
        // Also for a taken address, where the link is sent to no one: the number of writes is about the same.
        let link = self.auth.create_email_change_link_within(transaction, change).await?;
        match self.owner_of_email_within(transaction, user.id, email).await? {
            None => self.auth.announce_email_change_request_within(transaction, (change, &link), origin).await,
            Some((owner_type, owner_id)) => {
                let owner = (owner_type.as_str(), owner_id.as_str());
                self.auth.announce_taken_email_within(transaction, owner, email, origin).await
            }
        }
    }

    /// The account, other than this user's, that an address belongs to: type and id of the actor.
    async fn owner_of_email_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
        email: &EmailAddress,
    ) -> Result<Option<(String, String)>, Error> {
        let owner = self.auth.find_owner_of_address_within(transaction, email).await?;
        let other = self.users.find_user_of_address(&mut *transaction, email).await?;
        let found = match (other, owner) {
            (Some(other), _) => Some((USER.to_owned(), other.to_string())),
            (None, Some(owner)) => Some((owner.actor_type, owner.actor_id)),
            (None, None) => None,
        };
        Ok(found.filter(|(_, owner_id)| *owner_id != user.to_string()))
    }

    async fn record_email_change_request(
        &self,
        transaction: &mut Transaction,
        (user, email): (&User, &EmailAddress),
        context: &Context,
    ) -> Result<(), RequestEmailChangeError> {
        let (id, before) = (user.id.to_string(), json!({ "email": user.email.as_str() }));
        let (target, after) = (("user", id.as_str()), json!({ "email": email.as_str() }));
        let action = Action::EmailChangeRequested;
        Ok(self.record(transaction, context, action, target, Some(before), Some(after)).await?)
    }
}
