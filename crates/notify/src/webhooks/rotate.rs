//! Replacing a secret.

use std::time::Duration;

use vestibule_audit::Action;
use vestibule_database::{transaction, values};
use vestibule_flows::Context;

use super::{Webhook, WebhookError, WebhookId, WebhookWithSecret, Webhooks, columns};

/// How long messages are also signed with the previous secret, to leave time for configuring the new one.
pub const ROTATION: Duration = Duration::from_secs(24 * 60 * 60);

impl Webhooks {
    /// Gives a webhook a new secret, which is returned this once. For a day messages are also signed with the previous
    /// one; not so with `at_once`, for a secret that has leaked.
    ///
    /// # Errors
    ///
    /// [`WebhookError`].
    pub async fn rotate_secret(
        &self,
        id: WebhookId,
        at_once: bool,
        context: &Context,
    ) -> Result<WebhookWithSecret, WebhookError> {
        let secret = self.new_secret();
        let until = (!at_once).then(|| self.flows.environment().now() + ROTATION);
        let webhook: Result<Webhook, WebhookError> = transaction!(self.flows.database(), |transaction| {
            self.hold_within(transaction, id).await?;
            let text = concat!(
                "UPDATE webhook_endpoints SET previous_secret = CASE WHEN $5 THEN NULL ELSE secret END,
                     previous_until = $3, secret = $2, updated_at = $4
                 WHERE id = $1 RETURNING ",
                columns!()
            );
            let values = values![id, self.seal(id, &secret), until, self.flows.environment().now(), at_once];
            let rotated: Option<Webhook> = transaction.query_optional(text, values).await?;
            let rotated = rotated.ok_or_else(|| WebhookError::NotFound { id: id.to_string() })?;
            let target = ("webhook", &*id.to_string());
            self.flows.record(transaction, context, Action::WebhookSecretRotated, target, None, None).await?;
            Ok(rotated)
        });
        Ok(WebhookWithSecret { webhook: webhook?, secret: secret.reveal() })
    }
}
