//! Sending to a webhook on demand: a test, and what was to be delivered once more.

use vestibule_notify::{DeliveryId, WebhookId};

use super::edit::refused;
use crate::request::{Answer, Asked};

pub(crate) async fn test(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: WebhookId = visit.parameter(0)?;
    match visit.dashboard.web.webhooks.test(id, &visit.by()).await {
        Ok(_) => visit.done(&format!("/app/webhooks/{id}"), "tested"),
        Err(error) => refused(&visit, None, error).await,
    }
}

pub(crate) async fn redeliver(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let (id, delivery): (WebhookId, DeliveryId) = (visit.parameter(0)?, visit.parameter(1)?);
    visit.dashboard.web.webhooks.redeliver(id, delivery, &visit.by()).await?;
    visit.done(&format!("/app/webhooks/{id}"), "tried")
}
