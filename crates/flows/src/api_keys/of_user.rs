//! The API keys that a user has created: they keep working when the user is locked or deleted, unless they are revoked
//! too.

use std::time::Duration;

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::api_keys::ApiKey;
use vestibule_database::{Error, Transaction};
use vestibule_rbac::Permissions;
use vestibule_user::UserId;

use super::ChangeKeyError;
use crate::authority::{Target, refuse_above};
use crate::{Context, Flows};

/// What happens to the API keys of a user who is locked or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TheirKeys {
    /// They keep working: programs may depend on them.
    #[default]
    Keep,
    /// Secret keys are revoked at the same time; publishable ones open nothing, and web pages depend on them. That needs `api_key:update`, and everything that the keys may do.
    Revoke,
}

impl Flows {
    /// Lists the usable secret keys that a user, or one of the user's keys, has created, oldest first.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_usable_api_keys_of_user(&self, id: UserId) -> Result<Vec<ApiKey>, Error> {
        self.auth.list_usable_api_keys_of(&self.database, &id.to_string()).await
    }

    /// Revokes the keys of a user if requested, by a caller with these permissions.
    pub(crate) async fn revoke_keys_of_user_within(
        &self,
        transaction: &mut Transaction,
        (id, keys): (UserId, TheirKeys),
        (held, context): (&Permissions, &Context),
    ) -> Result<(), ChangeKeyError> {
        if keys == TheirKeys::Keep {
            return Ok(());
        }
        let found = self.auth.list_usable_api_keys_of(&mut *transaction, &id.to_string()).await?;
        if !found.is_empty() {
            refuse_above(Target::ApiKey, held, &std::iter::once("api_key:update".to_owned()).collect())?;
        }
        for key in found {
            let target = key.id.to_string();
            self.check_may_act_on_key_within(transaction, context, &target, key.created_by.as_deref()).await?;
            let revoker = context.actor.id();
            let key = self.auth.revoke_api_key_within(transaction, key.id, Duration::ZERO, revoker.as_deref()).await?;
            let after = json!({ "title": key.title, "redacted": key.redacted, "revoked_at": key.revoked_at });
            self.record(transaction, context, Action::ApiKeyRevoked, ("api_key", &target), None, Some(after)).await?;
        }
        Ok(())
    }
}
