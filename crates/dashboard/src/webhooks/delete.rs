//! Deleting a webhook.

use askama::Template;
use vestibule_notify::{Webhook, WebhookId};

use crate::layout::Frame;
use crate::request::{Answer, Asked};

#[derive(Template)]
#[template(path = "webhooks/delete.html")]
struct DeletePage {
    frame: Frame,
    webhook: Webhook,
}

pub(crate) async fn ask(visit: Asked) -> Answer {
    let webhook = visit.dashboard.web.webhooks.retrieve(visit.parameter(0)?).await?;
    visit.page(&DeletePage { frame: visit.frame(), webhook })
}

pub(crate) async fn delete(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: WebhookId = visit.parameter(0)?;
    visit.dashboard.web.webhooks.delete(id, &visit.by()).await?;
    visit.done("/app/webhooks", "webhook-deleted")
}
