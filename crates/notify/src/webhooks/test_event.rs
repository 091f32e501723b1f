//! A test event for one webhook.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_database::transaction;
use vestibule_flows::Context;
use vestibule_outbox::{EventId, EventName, record};

use super::{WebhookError, WebhookId, Webhooks};

impl Webhooks {
    /// Sends an event to one webhook, whatever it listens to. Its deliveries show the outcome.
    ///
    /// # Errors
    ///
    /// [`WebhookError`].
    pub async fn test(&self, id: WebhookId, context: &Context) -> Result<EventId, WebhookError> {
        transaction!(self.flows.database(), |transaction| {
            let webhook = self.hold_within(transaction, id).await?;
            if webhook.disabled_at.is_some() {
                return Err(WebhookError::Disabled);
            }
            let subject = id.to_string();
            let data = json!({ "id": subject });
            let name = EventName::WebhookTest;
            let event = record(transaction, self.flows.environment(), name, &subject, data).await?;
            self.flows.record(transaction, context, Action::WebhookTested, ("webhook", &subject), None, None).await?;
            Ok(event)
        })
    }
}
