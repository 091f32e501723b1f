//! Renaming API keys.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::api_keys::{ApiKey, ApiKeyId};
use vestibule_database::transaction;

use super::{ChangeKeyError, WithRoles};
use crate::{Context, Flows};

impl Flows {
    /// Changes the title of a key.
    ///
    /// # Errors
    ///
    /// [`ChangeKeyError`].
    pub async fn update_api_key(
        &self,
        id: ApiKeyId,
        title: &str,
        context: &Context,
    ) -> Result<WithRoles<ApiKey>, ChangeKeyError> {
        transaction!(self.database, |transaction| {
            let before = self.auth.retrieve_api_key_within(&mut *transaction, id).await?;
            self.check_may_act_on_key_within(transaction, context, &id.to_string(), before.created_by.as_deref())
                .await?;
            let key = self.auth.update_api_key_within(transaction, id, title).await?;
            let target = id.to_string();
            if before.title != key.title {
                let (before, after) = (json!({ "title": before.title }), json!({ "title": key.title }));
                self.record(
                    transaction,
                    context,
                    Action::ApiKeyUpdated,
                    ("api_key", &target),
                    Some(before),
                    Some(after),
                )
                .await?;
            }
            let roles = self.rbac.role_ids_of(&mut *transaction, &target).await?;
            Ok(WithRoles { key, roles })
        })
    }
}
