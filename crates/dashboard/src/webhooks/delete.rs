//! Deletes a webhook.

use askama::Template;
use vestibule_notify::{Webhook, WebhookId};

use crate::layout::Frame;
use crate::request::{Answer, SharedRequest};

#[derive(Template)]
#[template(path = "webhooks/delete.html")]
struct DeletePage {
    frame: Frame,
    webhook: Webhook,
}

pub(crate) async fn ask(request: SharedRequest) -> Answer {
    let webhook = request.dashboard.web.webhooks.retrieve(request.parameter(0)?).await?;
    request.page(&DeletePage { frame: request.frame(), webhook })
}

pub(crate) async fn delete(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: WebhookId = request.parameter(0)?;
    request.dashboard.web.webhooks.delete(id, &request.context()).await?;
    request.done("/app/webhooks", "webhook-deleted")
}
