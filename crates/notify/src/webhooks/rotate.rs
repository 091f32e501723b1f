//! A new secret.

use std::time::Duration;

use vestibule_audit::Action;
use vestibule_database::{transaction, values};
use vestibule_flows::Context;

use super::{Webhook, WebhookError, WebhookId, WebhookWithSecret, Webhooks, columns};

/// For how long messages are signed with the secret before as well, so that a receiver can be given the new one in peace.
pub const ROTATION: Duration = Duration::from_secs(24 * 60 * 60);

impl Webhooks {
    /// Gives a webhook a new secret, which is shown this once. For a day messages are signed with the one before as well;
    /// with `at_once` not any more, for a secret that others have got hold of.
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
