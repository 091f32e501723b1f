//! Sends to a webhook on demand: a test, and a delivery again.

use vestibule_notify::{DeliveryId, WebhookId};

use super::edit::refused;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn test(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: WebhookId = request.parameter(0)?;
    match request.dashboard.web.webhooks.test(id, &request.context()).await {
        Ok(_) => request.done(&format!("/app/webhooks/{id}"), "tested"),
        Err(error) => refused(&request, None, error).await,
    }
}

pub(crate) async fn redeliver(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let (id, delivery): (WebhookId, DeliveryId) = (request.parameter(0)?, request.parameter(1)?);
    request.dashboard.web.webhooks.redeliver(id, delivery, &request.context()).await?;
    request.done(&format!("/app/webhooks/{id}"), "tried")
}
