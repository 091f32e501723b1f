//! One delivery: what it is, where it goes, and what became of it.

use askama::Template;
use vestibule_notify::{Delivery, DeliveryId, MAIL, WEBHOOK};

use crate::layout::Frame;
use crate::request::{Answer, SharedRequest};

#[derive(Template)]
#[template(path = "deliveries/show.html")]
struct DeliveryPage {
    frame: Frame,
    delivery: Delivery,
    /// The name of the channel.
    channel: String,
    /// The page of the webhook that it goes to.
    webhook: Option<String>,
    /// The path to which forms of other pages return.
    own_path: String,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let id: DeliveryId = request.parameter(0)?;
    let delivery = request.dashboard.web.deliveries.retrieve(id).await?;
    let may_open = delivery.destination == WEBHOOK && request.permissions().allows("webhook:read");
    let channel = match delivery.destination.as_str() {
        MAIL => request.texts().mail.to_owned(),
        WEBHOOK => request.texts().webhook.to_owned(),
        other => other.to_owned(),
    };
    let page = DeliveryPage {
        frame: request.frame(),
        channel,
        webhook: may_open.then(|| format!("/app/webhooks/{}", delivery.target)),
        own_path: format!("/app/deliveries/{id}"),
        delivery,
    };
    request.page(&page)
}
