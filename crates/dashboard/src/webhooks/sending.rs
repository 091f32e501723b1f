//! Sending to a webhook on demand: a test, and what was to be delivered once more.

use vestibule_notify::{DeliveryId, WEBHOOK, WebhookId};

use super::edit::refused;
use crate::failure::Failure;
use crate::visit::{Answer, Asked};

pub(crate) async fn test(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: WebhookId = visit.parameter(0)?;
    match visit.dashboard.api.webhooks.test(id, &visit.by()).await {
        Ok(_) => visit.done(&format!("/app/webhooks/{id}"), "tested"),
        Err(error) => refused(&visit, None, error).await,
    }
}

pub(crate) async fn redeliver(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let (id, delivery): (WebhookId, DeliveryId) = (visit.parameter(0)?, visit.parameter(1)?);
    let api = &visit.dashboard.api;
    let webhook = api.webhooks.retrieve(id).await?;
    let found = api.deliveries.retrieve(delivery).await?;
    if found.destination != WEBHOOK || found.target != webhook.id.to_string() {
        return Err(Failure::NotFound);
    }
    api.deliveries.retry(delivery).await?;
    visit.done(&format!("/app/webhooks/{id}"), "tried")
}
