//! Revoking API keys, and deleting those that are revoked.

use std::time::Duration;

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::api_keys::{ApiKey, ApiKeyId, RetrieveApiKeyError};
use vestibule_database::transaction;

use super::{ChangeKeyError, WithRoles};
use crate::{Context, Flows};

impl Flows {
    /// Revokes a key after this long. It keeps its roles, as a record of what it could do.
    ///
    /// # Errors
    ///
    /// [`ChangeKeyError`].
    pub async fn revoke_api_key(
        &self,
        id: ApiKeyId,
        after: Duration,
        context: &Context,
    ) -> Result<WithRoles<ApiKey>, ChangeKeyError> {
        transaction!(self.database, |transaction| {
            let before = self.auth.retrieve_api_key_within(&mut *transaction, id).await?;
            self.check_may_act_on_key_within(transaction, context, &id.to_string(), before.created_by.as_deref())
                .await?;
            let key = self.auth.revoke_api_key_within(transaction, id, after, context.actor.id().as_deref()).await?;
            let target = id.to_string();
            let roles = self.rbac.role_ids_of(&mut *transaction, &target).await?;
            if key.revoked_at != before.revoked_at {
                let after = json!({ "title": key.title, "redacted": key.redacted, "revoked_at": key.revoked_at });
                self.record(transaction, context, Action::ApiKeyRevoked, ("api_key", &target), None, Some(after))
                    .await?;
            }
            Ok(WithRoles { key, roles })
        })
    }

    /// Deletes a revoked or expired key. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`ChangeKeyError`].
    pub async fn delete_api_key(&self, id: ApiKeyId, context: &Context) -> Result<bool, ChangeKeyError> {
        transaction!(self.database, |transaction| {
            let before = match self.auth.retrieve_api_key_within(&mut *transaction, id).await {
                Ok(key) => key,
                Err(RetrieveApiKeyError::NotFound { .. }) => return Ok(false),
                Err(error) => return Err(error.into()),
            };
            self.check_may_act_on_key_within(transaction, context, &id.to_string(), before.created_by.as_deref())
                .await?;
            if !self.auth.delete_api_key_within(transaction, id).await? {
                return Ok(false);
            }
            let target = id.to_string();
            let roles = self.rbac.role_ids_of(&mut *transaction, &target).await?;
            self.rbac.remove_subject_within(transaction, &target).await?;
            let before = json!({ "roles": roles });
            self.record(transaction, context, Action::ApiKeyDeleted, ("api_key", &target), Some(before), None).await?;
            Ok(true)
        })
    }
}
