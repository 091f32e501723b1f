//! Resetting the second factors of a user who has lost them, by an administrator.

use serde_json::{Value as Json, json};
use vestibule_audit::Action;
use vestibule_auth::MfaFactor;
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_outbox::EventName;
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use super::audited;
use crate::{AccessChangeError, Context, Flows, GrantError, USER};

/// Why second factors were not reset.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ResetMfaError {
    /// They are the caller's own, which need a fresh proof.
    #[error("To give up a factor of your own, send DELETE /auth/mfa/factors/{{id}}")]
    #[kind(NotAllowed)]
    Oneself,
    /// The user may do what the caller may not.
    #[error("You cannot reset the second factor of a user who may do more than you: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing", detail = missing)]
    Lacking {
        /// The policies' keys.
        missing: Vec<String>,
    },
    /// The caller no longer exists.
    #[error("Unauthorized")]
    #[kind(Unauthorized)]
    CallerGone,
    /// The caller may not widen access now.
    #[error(transparent)]
    AccessChange(#[from] AccessChangeError),
    /// There is no such user.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<GrantError> for ResetMfaError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Lacking { missing } | GrantError::Above { missing, .. } => Self::Lacking { missing },
            GrantError::CallerGone => Self::CallerGone,
            GrantError::AccessChange(error) => Self::AccessChange(error),
            GrantError::Database(error) => Self::Database(error),
        }
    }
}

impl Flows {
    /// Lists the second factors of a user, without their secrets.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn list_mfas_of_user(&self, id: UserId) -> Result<Vec<MfaFactor>, RetrieveUserError> {
        self.users.retrieve_user(id).await?;
        Ok(self.auth.list_auth_mfas_of(&self.database, USER, &id.to_string()).await?)
    }

    /// Deletes all second factors, recovery codes and open challenges of a user, and returns the deleted factors. The
    /// caller must be permitted all that the user is: with a new password they could become the user (security.md 5).
    ///
    /// # Errors
    ///
    /// [`ResetMfaError`].
    pub async fn reset_mfa(&self, id: UserId, context: &Context) -> Result<Vec<MfaFactor>, ResetMfaError> {
        if context.user_id() == Some(id) {
            return Err(ResetMfaError::Oneself);
        }
        transaction!(self.database, |transaction| {
            self.users.retrieve_user_within(&mut *transaction, id).await?;
            let subject = id.to_string();
            self.check_may_act_on_within(transaction, context, id).await?;
            context.check_access_change()?;
            let factors = self.auth.reset_auth_mfa_within(transaction, USER, &subject).await?;
            for factor in &factors {
                self.record_factor_event(transaction, EventName::MfaDisabled, factor).await?;
            }
            let before = Some(json!({ "factors": factors.iter().map(audited).collect::<Vec<Json>>() }));
            self.record(transaction, context, Action::MfaReset, ("user", &subject), before, None).await?;
            Ok(factors)
        })
    }
}
