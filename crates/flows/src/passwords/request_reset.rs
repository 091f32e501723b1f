//! Requesting a password reset, unauthenticated.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until};
use vestibule_audit::Action;
use vestibule_auth::{AuthModule, EMAILPASS, MailOrigin, PasswordOwner, RefusedMail, RequestPasswordReset};
use vestibule_core::{DomainError, EmailAddress, Metadata};
use vestibule_database::{Error, Transaction, transaction};

use vestibule_user::InviteId;

use crate::{Actor, Context, Flows, USER};

/// Why a request was refused.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RequestResetError {
    /// Too many requests.
    #[error(transparent)]
    Refused(#[from] RefusedMail),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// How long a request takes, for any address (security.md 10). More than a request takes that sends a link.
pub(crate) const RESPONSE_TIME: Duration = Duration::from_millis(50);

impl Flows {
    /// Has a token sent to the owner of an address, by an event; to an address that is invited and has no owner yet, the
    /// invite is sent again. Whether the address has an owner does not show: if it has none, if the owner is locked, and if enough was sent already, the request is a write that changes nothing,
    /// and the response takes the same time.
    ///
    /// Requests of the owner with a session, or in a browser in which they signed in before, are counted apart from those of
    /// strangers.
    ///
    /// # Errors
    ///
    /// [`RequestResetError`], which depends on nothing but the caller.
    pub async fn request_password_reset(
        &self,
        request: RequestPasswordReset<'_>,
        metadata: Option<&Metadata>,
        context: &Context,
    ) -> Result<(), RequestResetError> {
        AuthModule::check_mail_metadata(metadata)?;
        let respond_at = Instant::now() + RESPONSE_TIME;
        let requested: Result<_, RequestResetError> = transaction!(self.database, |transaction| {
            let owner = self.auth.find_password_owner(&mut *transaction, request).await?;
            let invite = match owner {
                Some(_) => None,
                None => self.find_invite_of_request_within(transaction, request).await?,
            };
            let found = (owner.as_ref(), invite.is_some());
            let origin = self.reset_origin_within(transaction, request, found, context).await?;
            let Some(origin) = origin else { return Ok(()) };
            if let Some(invite) = invite {
                return Ok(self.repeat_invite_within(transaction, invite, origin, context).await?);
            }
            let Some(owner) = owner else { return Ok(()) };
            if !self.may_sign_in_within(transaction, &owner.actor_type, &owner.actor_id).await? {
                return Ok(());
            }
            let reset = self.auth.issue_password_reset_within(transaction, owner, origin, None).await?;
            self.auth.announce_password_reset_within(transaction, &reset, metadata, origin).await?;
            let after = json!({ "provider": request.provider, "actor_type": reset.actor_type });
            let target = (target(&reset.actor_type), reset.actor_id.as_str());
            self.record(transaction, context, Action::PasswordResetRequested, target, None, Some(after)).await?;
            Ok(())
        });
        // Work for an owner takes longer than for an unknown address: neither shows.
        sleep_until(respond_at).await;
        match requested {
            // Deleted in the meantime, with its owner.
            Err(RequestResetError::Database(Error::ForeignKey(_))) => Ok(()),
            result => result,
        }
    }

    /// Who causes the mail, and when it may be sent; `None` if none is sent.
    async fn reset_origin_within(
        &self,
        transaction: &mut Transaction,
        request: RequestPasswordReset<'_>,
        (owner, is_invited): (Option<&PasswordOwner>, bool),
        context: &Context,
    ) -> Result<Option<MailOrigin>, RequestResetError> {
        let is_owner = owner.is_some_and(|owner| context.user_id().is_some_and(|id| id.to_string() == owner.actor_id));
        let devices = &context.client.devices;
        let is_known = self.auth.is_reset_from_known_device_within(transaction, request, devices).await?;
        if is_owner || is_known || context.actor == Actor::Operator {
            let is_counted = self.auth.count_password_reset_within(transaction, request).await?;
            return Ok(is_counted.then_some(MailOrigin::Authenticated));
        }
        self.auth.count_mail_from_within(transaction, context.client.address).await??;
        let from = self.auth.reserve_password_reset_within(transaction, request, owner, is_invited).await?;
        Ok(from.map(|from| MailOrigin::Stranger { from }))
    }

    /// The invite to the address of a request, whose owner has no password yet.
    async fn find_invite_of_request_within(
        &self,
        transaction: &mut Transaction,
        request: RequestPasswordReset<'_>,
    ) -> Result<Option<InviteId>, Error> {
        match EmailAddress::parse(request.entity_id) {
            Ok(address) if request.provider == EMAILPASS && request.actor_type == USER => {
                self.users.find_invite_to_within(transaction, &address).await
            }
            _ => Ok(None),
        }
    }

    /// Whether a lost password is the only obstacle to signing in. Nothing is known here of actors who are no users.
    pub(super) async fn may_sign_in_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<bool, Error> {
        Ok(actor_type != USER || self.users.is_active_user(transaction, actor_id).await?)
    }
}

/// The kind of an actor in the audit log.
pub(super) fn target(actor_type: &str) -> &'static str {
    if actor_type == USER { "user" } else { "actor" }
}
