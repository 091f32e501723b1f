//! Setting a password by a token.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::{DeviceSecrets, PasswordSubject, PendingReset, ResetPasswordError};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::User;
use vestibule_user::users::RetrieveUserError;

use super::request_reset::target;
use crate::{Context, Flows, USER};

impl Flows {
    /// Checks a token before anything is done for it. It is valid for one provider and one actor type.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError::InvalidToken`].
    pub async fn find_password_reset(
        &self,
        token: &str,
        actor_type: &str,
        provider: &str,
    ) -> Result<PendingReset, ResetPasswordError> {
        let pending = self.auth.find_password_reset(token).await?;
        if pending.claims.actor_type == actor_type && pending.claims.provider == provider {
            Ok(pending)
        } else {
            Err(ResetPasswordError::InvalidToken)
        }
    }

    /// Sets the password. Every session of its owner ends, and an event notifies them. Returns the device id of the
    /// browser: whatever strangers guess in the meantime, its owner can sign in on it.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError`]. A password that is refused does not use the token up.
    pub async fn reset_password(
        &self,
        pending: &PendingReset,
        password: &str,
        context: &Context,
    ) -> Result<DeviceSecrets, ResetPasswordError> {
        let claims = &pending.claims;
        let user = self.user_of_actor(&claims.actor_type, &pending.actor_id).await?;
        let names = user.as_ref().map(names).unwrap_or_default();
        let has_second_factor = self.does_user_need_second_factor(user.as_ref()).await?;
        let subject = PasswordSubject::new(&claims.entity_id, &names).with_second_factor(has_second_factor);
        let password = self.auth.prepare_password(&subject, password).await?;
        transaction!(self.database, |transaction| {
            self.auth.redeem_password_reset_within(transaction, pending, &password).await?;
            if !self.may_sign_in_within(transaction, &claims.actor_type, &pending.actor_id).await? {
                return Err(ResetPasswordError::InvalidToken);
            }
            if !self.may_issuer_act_within(transaction, pending).await? {
                return Err(ResetPasswordError::InvalidToken);
            }
            let after = json!({ "provider": claims.provider, "actor_type": claims.actor_type });
            let target = (target(&claims.actor_type), pending.actor_id.as_str());
            self.record(transaction, context, Action::PasswordReset, target, None, Some(after)).await?;
            Ok(self.auth.remember_device_within(transaction, pending.auth_identity_id, &context.client.devices).await?)
        })
    }

    /// Whether the caller who saw the token may still do all that its owner may: the owner may have been given more
    /// since (security.md 37).
    async fn may_issuer_act_within(
        &self,
        transaction: &mut Transaction,
        pending: &PendingReset,
    ) -> Result<bool, Error> {
        let Some(issuer) = &pending.issued_by else { return Ok(true) };
        let held = self.permissions_of_subject(&mut *transaction, issuer).await?;
        Ok(held.covers(&self.rbac.permissions_of(transaction, &pending.actor_id).await?))
    }

    /// The user that an actor is, if it is one.
    pub(crate) async fn user_of_actor(&self, actor_type: &str, actor_id: &str) -> Result<Option<User>, Error> {
        let Some(id) = actor_id.parse().ok().filter(|_| actor_type == USER) else { return Ok(None) };
        match self.users.retrieve_user(id).await {
            Ok(user) => Ok(Some(user)),
            Err(RetrieveUserError::Database(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }
}

/// What a user's password must not contain.
pub(crate) fn names(user: &User) -> Vec<&str> {
    [&user.first_name, &user.last_name].into_iter().flatten().map(String::as_str).collect()
}
