//! Removing one second factor of a user, such as a passkey on a lost device, by an administrator.

use vestibule_audit::Action;
use vestibule_auth::identities::UnlinkError;
use vestibule_auth::mfa::RetrieveMfaError;
use vestibule_auth::{MfaFactor, MfaFactorId};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_outbox::EventName;
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use super::audited;
use crate::{AccessChangeError, Context, Flows, GrantError, USER};

/// Why a second factor of a user was not removed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RemoveFactorError {
    /// It is the caller's own, which needs a fresh proof.
    #[error("To remove a factor of your own, send DELETE /auth/mfa/factors/{{id}}")]
    #[kind(NotAllowed)]
    Oneself,
    /// It is the only sign-in method of the user.
    #[error(
        "This passkey is the only sign-in method of the user, who could not sign in without it. Lock the user, delete \
         the user, or reset all second factors: DELETE /admin/users/{{id}}/mfa."
    )]
    #[kind(NotAllowed, code = "last_sign_in_method_of_user")]
    LastMethod,
    /// The user may do what the caller may not.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The caller may not change access now.
    #[error(transparent)]
    AccessChange(#[from] AccessChangeError),
    /// There is no such user.
    #[error(transparent)]
    User(#[from] RetrieveUserError),
    /// The user has no such factor.
    #[error(transparent)]
    Factor(#[from] RetrieveMfaError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<UnlinkError> for RemoveFactorError {
    fn from(error: UnlinkError) -> Self {
        match error {
            UnlinkError::Database(error) => Self::Database(error),
            _ => Self::LastMethod,
        }
    }
}

impl Flows {
    /// Disables one second factor of a user, and ends the sessions that a passkey began. The caller must be permitted all
    /// that the user is: without the factor, a password that the caller resets is enough to become the user (security.md 5).
    /// The last sign-in method stays: with it, the account would be lost (security.md 44).
    ///
    /// # Errors
    ///
    /// [`RemoveFactorError`].
    pub async fn remove_mfa_of_user(
        &self,
        user: UserId,
        id: MfaFactorId,
        context: &Context,
    ) -> Result<MfaFactor, RemoveFactorError> {
        if context.user_id() == Some(user) {
            return Err(RemoveFactorError::Oneself);
        }
        transaction!(self.database, |transaction| {
            self.users.retrieve_user_within(&mut *transaction, user).await?;
            let subject = user.to_string();
            self.check_may_act_on_within(transaction, context, user).await?;
            context.check_access_change()?;
            let factors = self.auth.list_auth_mfas_of(&mut *transaction, USER, &subject).await?;
            let factor = factors.into_iter().find(|factor| factor.id == id);
            let identity = factor.ok_or_else(|| RetrieveMfaError::NotFound(id.to_string()))?.auth_identity_id;
            self.auth.check_not_last_method_within(transaction, identity, id, USER).await?;
            let change = self.auth.disable_auth_mfa_within(transaction, identity, id, None).await?;
            if change.changed {
                self.record_factor_event(transaction, EventName::MfaDisabled, &change.factor).await?;
                let after = Some(audited(&change.factor));
                self.record(transaction, context, Action::MfaDisabled, ("user", &subject), None, after).await?;
            }
            Ok(change.factor)
        })
    }
}
