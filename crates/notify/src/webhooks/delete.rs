//! Deleting a webhook.

use vestibule_audit::Action;
use vestibule_database::{transaction, values};
use vestibule_flows::Context;

use super::{WebhookError, WebhookId, Webhooks, audited};

impl Webhooks {
    /// Deletes a webhook, and its secrets. Queued deliveries to it are not sent.
    ///
    /// # Errors
    ///
    /// [`WebhookError`].
    pub async fn delete(&self, id: WebhookId, context: &Context) -> Result<(), WebhookError> {
        transaction!(self.flows.database(), |transaction| {
            let before = self.hold_within(transaction, id).await?;
            let text =
                "UPDATE webhook_endpoints SET deleted_at = $2, updated_at = $2, secret = $3, previous_secret = NULL
                        WHERE id = $1";
            let nothing: &[u8] = &[];
            transaction.execute_pipelined(text, values![id, self.flows.environment().now(), nothing]).await?;
            let target = ("webhook", &*id.to_string());
            self.flows
                .record(transaction, context, Action::WebhookDeleted, target, Some(audited(&before)), None)
                .await?;
            Ok(())
        })
    }
}
