//! Updating a webhook.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_core::Patch;
use vestibule_database::{Transaction, transaction, values};
use vestibule_flows::Context;

use super::create::check_description;
use super::{Webhook, WebhookError, WebhookId, Webhooks, audited, columns, events};

/// A change of a webhook; fields that are not given stay.
#[derive(Debug, Clone)]
pub struct UpdateWebhook {
    /// The webhook.
    pub id: WebhookId,
    /// The URL.
    pub url: Option<String>,
    /// The description.
    pub description: Patch<String>,
    /// The events that it receives.
    pub events: Option<Vec<String>>,
    /// Whether it receives secrets.
    pub includes_secrets: Option<bool>,
    /// Whether it is disabled.
    pub is_disabled: Option<bool>,
}

impl UpdateWebhook {
    /// An update of this webhook without changes yet.
    pub fn new(id: WebhookId) -> Self {
        Self { id, url: None, description: Patch::Keep, events: None, includes_secrets: None, is_disabled: None }
    }
}

impl Webhooks {
    /// Updates a webhook. Where it receives secrets, only a super admin may change the URL.
    ///
    /// # Errors
    ///
    /// [`WebhookError`].
    pub async fn update(&self, update: &UpdateWebhook, context: &Context) -> Result<Webhook, WebhookError> {
        let url = update.url.as_deref().map(|url| self.check_url(url)).transpose()?;
        let events = update.events.as_deref().map(events::check).transpose()?;
        if let Patch::Set(description) = &update.description {
            check_description(Some(description))?;
        }
        transaction!(self.flows.database(), |transaction| {
            let before = self.hold_within(transaction, update.id).await?;
            let includes_secrets = update.includes_secrets.unwrap_or(before.includes_secrets);
            let is_moved = url.as_ref().is_some_and(|url| *url != before.url);
            if includes_secrets && (!before.includes_secrets || is_moved) {
                self.check_may_have_secrets(transaction, context).await?;
            }
            let now = self.flows.environment().now();
            let (disabled_at, reason) = match update.is_disabled {
                Some(true) => (before.disabled_at.or(Some(now)), before.disabled_reason.clone()),
                Some(false) => (None, None),
                None => (before.disabled_at, before.disabled_reason.clone()),
            };
            let description = match &update.description {
                Patch::Keep => before.description.clone(),
                Patch::Clear => None,
                Patch::Set(description) => Some(description.clone()),
            };
            let text = concat!(
                "UPDATE webhook_endpoints SET url = $2, description = $3, events = $4, includes_secrets = $5,
                     disabled_at = $6, disabled_reason = $7, updated_at = $8
                 WHERE id = $1 RETURNING ",
                columns!()
            );
            let values = values![
                update.id,
                url.as_deref().unwrap_or(&before.url),
                description,
                json!(events.as_ref().unwrap_or(&before.events)),
                includes_secrets,
                disabled_at,
                reason.as_ref(),
                now,
            ];
            let after: Option<Webhook> = transaction.query_optional(text, values).await?;
            let after = after.ok_or_else(|| WebhookError::NotFound { id: update.id.to_string() })?;
            if is_moved {
                // Whether the new URL is reachable is not known yet.
                let text = "DELETE FROM delivery_pauses WHERE destination = 'webhook' AND target = $1";
                transaction.execute_pipelined(text, values![update.id.to_string()]).await?;
            }
            let target = ("webhook", &*update.id.to_string());
            let (old, new) = (Some(audited(&before)), Some(audited(&after)));
            self.flows.record(transaction, context, Action::WebhookUpdated, target, old, new).await?;
            Ok(after)
        })
    }

    /// Reads a webhook and locks it until the transaction ends.
    pub(super) async fn hold_within(
        &self,
        transaction: &mut Transaction,
        id: WebhookId,
    ) -> Result<Webhook, WebhookError> {
        let text = concat!(
            "UPDATE webhook_endpoints SET updated_at = updated_at WHERE id = $1 AND deleted_at IS NULL RETURNING ",
            columns!()
        );
        let found: Option<Webhook> = transaction.query_optional(text, values![id]).await?;
        found.ok_or_else(|| WebhookError::NotFound { id: id.to_string() })
    }
}
