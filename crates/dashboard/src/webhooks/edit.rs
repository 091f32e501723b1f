//! One webhook: what it is told, its secret, and what has reached it.

use askama::Template;
use http::StatusCode;
use vestibule_core::Patch;
use vestibule_notify::{Delivery, DeliveryQuery, UpdateWebhook, Webhook, WebhookError};

use super::fields::{NAMES, Problems, Typed, may_include_secrets};
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};

/// How many of its deliveries are shown.
const SHOWN: u32 = 20;

#[derive(Template)]
#[template(path = "webhooks/edit.html")]
struct EditPage {
    frame: Frame,
    webhook: Webhook,
    typed: Typed,
    problems: Problems,
    may_include_secrets: bool,
    is_new: bool,
    /// Its secret, which was made just now and is shown this once.
    made: Option<String>,
    /// Both secrets count at present.
    both_until: Option<vestibule_core::Timestamp>,
    deliveries: Vec<Delivery>,
}

impl EditPage {
    /// Whether a delivery can be sent to it, or sent again.
    fn can_be_sent(&self, delivery: &Delivery) -> bool {
        let is_over = delivery.finished_at.is_some() || self.frame.told(delivery).can_be_tried;
        is_over && self.webhook.disabled_at.is_none() && self.frame.may("webhook:update")
    }
}

pub(crate) async fn show(visit: Asked) -> Answer {
    let webhook = visit.dashboard.web.webhooks.retrieve(visit.parameter(0)?).await?;
    page(&visit, StatusCode::OK, webhook, None, None).await
}

/// The page, with what was typed and what was wrong with it, or the secret that was made.
pub(super) async fn page(
    visit: &Visit,
    status: StatusCode,
    webhook: Webhook,
    wrong: Option<(Typed, Problems)>,
    made: Option<String>,
) -> Answer {
    let query = DeliveryQuery { take: SHOWN, ..DeliveryQuery::to_webhook(webhook.id) };
    let deliveries = visit.dashboard.web.deliveries.list_and_count(&query).await?.0;
    let (typed, problems) = wrong.unwrap_or_else(|| (Typed::of(&webhook), Problems::default()));
    let page = EditPage {
        frame: visit.frame(),
        typed,
        problems,
        may_include_secrets: may_include_secrets(visit),
        is_new: false,
        made,
        both_until: webhook.previous_secret_until.filter(|until| *until > visit.now),
        deliveries,
        webhook,
    };
    visit.page_with(status, &page)
}

/// The page with what was wrong.
pub(super) async fn refused(visit: &Visit, typed: Option<Typed>, error: WebhookError) -> Answer {
    let (status, problems) = Problems::of(error, visit.language)?;
    let webhook = visit.dashboard.web.webhooks.retrieve(visit.parameter(0)?).await?;
    let typed = typed.unwrap_or_else(|| Typed::of(&webhook));
    page(visit, status, webhook, Some((typed, problems)), None).await
}

pub(crate) async fn update(visit: Asked) -> Answer {
    visit.form.only(NAMES)?;
    let typed = Typed::read(&visit);
    let id = visit.parameter(0)?;
    let update = UpdateWebhook {
        url: Some(typed.url.clone()),
        description: visit.form.text("description").map_or(Patch::Clear, Patch::Set),
        events: Some(typed.events.clone()),
        // Whoever was not shown the box has not unticked it.
        includes_secrets: (typed.includes_secrets || may_include_secrets(&visit)).then_some(typed.includes_secrets),
        is_disabled: Some(!typed.is_active),
        ..UpdateWebhook::new(id)
    };
    match visit.dashboard.web.webhooks.update(&update, &visit.by()).await {
        Ok(_) => visit.done(&format!("/app/webhooks/{id}"), "saved"),
        Err(error) => refused(&visit, Some(typed), error).await,
    }
}
