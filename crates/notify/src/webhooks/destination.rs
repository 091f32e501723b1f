//! Webhooks as a destination: which of them receive an event, and the content of the message.

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value as Json;
use vestibule_core::{InvalidSealedValue, Timestamp};
use vestibule_database::{Error, FromRow, Transaction, values};
use vestibule_outbox::{Event, EventName, FeedEvent};
use vestibule_webhook::{Client, Endpoint, Failure, Message, Secret, Then};

use super::{Webhook, WebhookId, Webhooks, columns, events};
use crate::{Delivery, Destination, Outcome, Reason, Target};

/// The name of this destination.
pub const WEBHOOK: &str = "webhook";

/// Webhooks as a destination of the relay.
#[derive(Debug, Clone)]
pub struct WebhookDestination {
    webhooks: Webhooks,
    client: Client,
}

/// The body (Standard Webhooks 1.0, "Payload structure").
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    name: &'a EventName,
    timestamp: Timestamp,
    data: Json,
}

#[derive(FromRow)]
struct WithSecrets {
    #[row(flatten)]
    webhook: Webhook,
    secret: Vec<u8>,
    #[row(column = "previous_secret")]
    previous: Option<Vec<u8>>,
}

impl WebhookDestination {
    /// Creates the destination for these webhooks, with this client.
    pub fn new(webhooks: Webhooks, client: Client) -> Self {
        Self { webhooks, client }
    }

    async fn find(&self, target: &str) -> Result<Option<WithSecrets>, Error> {
        let text = concat!(
            "SELECT ",
            columns!(),
            ", secret, previous_secret FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL"
        );
        self.webhooks.flows.database().query_optional(text, values![target]).await
    }

    fn secrets(&self, found: &WithSecrets, now: Timestamp) -> Result<Vec<Secret>, InvalidSealedValue> {
        let mut secrets = vec![self.webhooks.unseal(found.webhook.id, &found.secret)?];
        if let (Some(previous), Some(until)) = (&found.previous, found.webhook.previous_secret_until)
            && until > now
        {
            secrets.push(self.webhooks.unseal(found.webhook.id, previous)?);
        }
        Ok(secrets)
    }

    fn payload(&self, webhook: &Webhook, event: &Event) -> Result<Vec<u8>, Reason> {
        let data = if webhook.includes_secrets {
            let revealed = self.webhooks.flows.auth().reveal_event(event);
            revealed.map_err(|_| Reason::EventSealed)?
        } else {
            event.public_data()
        };
        let payload = Payload { name: &event.name, timestamp: event.created_at, data };
        serde_json::to_vec(&payload).map_err(|error| Reason::Said(error.to_string()))
    }
}

#[async_trait]
impl Destination for WebhookDestination {
    fn name(&self) -> &str {
        WEBHOOK
    }

    async fn targets(&self, transaction: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
        let text =
            concat!("SELECT ", columns!(), " FROM webhook_endpoints WHERE deleted_at IS NULL AND disabled_at IS NULL");
        let webhooks: Vec<Webhook> = transaction.query(text, &[]).await?;
        let mut targets = Vec::new();
        for placed in events {
            for webhook in &webhooks {
                let target = webhook.id.to_string();
                let listens = match &placed.event.name {
                    EventName::WebhookTest => placed.event.subject == target,
                    name => events::matches(&webhook.events, name.as_str()),
                };
                // Not events from before it was created.
                if listens && placed.event.created_at >= webhook.created_at {
                    targets.push(Target { position: placed.position, target });
                }
            }
        }
        Ok(targets)
    }

    async fn deliver(&self, delivery: &Delivery, event: &Event) -> Outcome {
        let failed = |reason| Outcome::Failed { reason, recipient: None, status: None, is_refused_for_good: false };
        let found = match self.find(&delivery.target).await {
            Ok(Some(found)) if found.webhook.disabled_at.is_none() => found,
            Ok(Some(_)) => return Outcome::Superseded { reason: Reason::WebhookDisabled },
            Ok(None) => return Outcome::Superseded { reason: Reason::WebhookDeleted },
            Err(_) => return again(Reason::Database, None, None, None, false),
        };
        let now = self.webhooks.flows.environment().now();
        let Ok(secrets) = self.secrets(&found, now) else {
            return failed(Reason::SecretSealed);
        };
        let body = match self.payload(&found.webhook, event) {
            Ok(body) => body.into(),
            Err(reason) => return failed(reason),
        };
        let Ok(endpoint) = found.webhook.url.parse::<Endpoint>() else {
            return failed(Reason::UrlUnreadable);
        };
        // As it is stored, to check afterwards whether the webhook still has this URL.
        let url = Some(found.webhook.url.clone());
        // The same at each attempt, so that the receiver can recognise duplicates.
        let id = delivery.id.to_string();
        match self.client.send(&Message { endpoint: &endpoint, id: &id, at: now, secrets: &secrets, body }).await {
            Ok(answer) => Outcome::Sent { recipient: url, status: Some(answer.status) },
            Err(Failure { reason, status, then: Then::Disable, .. }) => {
                Outcome::Failed { reason: (*reason).into(), recipient: url, status, is_refused_for_good: true }
            }
            Err(Failure { reason, status, then: Then::Again(after), answer }) => {
                // Some respond with the request itself, and readers of deliveries must not see its secrets.
                let text = answer.filter(|answer| !answer.trim().is_empty() && !found.webhook.includes_secrets);
                let reason = match text {
                    Some(text) => reason.with_answer(&text),
                    None => *reason,
                };
                again(reason.into(), url, status, after, status.is_none() || after.is_some())
            }
        }
    }

    async fn finished(
        &self,
        transaction: &mut Transaction,
        delivery: &Delivery,
        outcome: &Outcome,
    ) -> Result<(), Error> {
        let Outcome::Failed { reason, recipient: Some(url), is_refused_for_good: true, .. } = outcome else {
            return Ok(());
        };
        let Ok(id) = delivery.target.parse::<WebhookId>() else { return Ok(()) };
        let now = self.webhooks.flows.environment().now();
        // If the URL was changed in the meantime, a refusal by the old one does not disable the new one.
        let text = "UPDATE webhook_endpoints SET disabled_at = $2, disabled_reason = $3, updated_at = $2
                    WHERE id = $1 AND url = $4 AND disabled_at IS NULL";
        transaction.execute_pipelined(text, values![id, now, reason, url.as_str()]).await
    }
}

fn again(
    reason: Reason,
    recipient: Option<String>,
    status: Option<u16>,
    after: Option<std::time::Duration>,
    is_unreachable: bool,
) -> Outcome {
    Outcome::Again { reason, recipient, status, after, is_unreachable }
}
