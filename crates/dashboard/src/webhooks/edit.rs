//! One webhook: its events, its secret and its deliveries.

use askama::Template;
use http::StatusCode;
use vestibule_core::{Counting, Patch};
use vestibule_notify::{Delivery, DeliveryQuery, UpdateWebhook, Webhook, WebhookError};

use super::fields::{NAMES, Problems, Typed, may_include_secrets};
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

/// How many of its deliveries are listed.
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
    /// Its secret, which was just created and is shown once.
    made: Option<String>,
    /// Whether messages are signed with both secrets now.
    both_until: Option<vestibule_core::Timestamp>,
    deliveries: Vec<Delivery>,
}

impl EditPage {
    /// Returns whether a delivery can be sent again.
    fn can_be_sent(&self, delivery: &Delivery) -> bool {
        let is_over = delivery.finished_at.is_some() || self.frame.status(delivery).can_be_tried;
        is_over && self.webhook.disabled_at.is_none() && self.frame.may("webhook:update")
    }
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let webhook = request.dashboard.web.webhooks.retrieve(request.parameter(0)?).await?;
    let made = request.text_shown_once("secret").await?;
    page(&request, StatusCode::OK, webhook, None, made).await
}

/// Renders the page, with the input and its problems, or the secret that was created.
pub(super) async fn page(
    request: &PageRequest,
    status: StatusCode,
    webhook: Webhook,
    wrong: Option<(Typed, Problems)>,
    made: Option<String>,
) -> Answer {
    let query = DeliveryQuery { take: SHOWN, counting: Counting::None, ..DeliveryQuery::to_webhook(webhook.id) };
    let deliveries = request.dashboard.web.deliveries.list_page(&query).await?.rows;
    let (typed, problems) = wrong.unwrap_or_else(|| (Typed::of(&webhook), Problems::default()));
    let page = EditPage {
        frame: request.frame(),
        typed,
        problems,
        may_include_secrets: may_include_secrets(request),
        is_new: false,
        made,
        both_until: webhook.previous_secret_until.filter(|until| *until > request.now),
        deliveries,
        webhook,
    };
    request.page_with(status, &page)
}

/// Renders the page with the problems.
pub(super) async fn refused(request: &PageRequest, typed: Option<Typed>, error: WebhookError) -> Answer {
    let (status, problems) = Problems::of(error, request.language)?;
    let webhook = request.dashboard.web.webhooks.retrieve(request.parameter(0)?).await?;
    let typed = typed.unwrap_or_else(|| Typed::of(&webhook));
    page(request, status, webhook, Some((typed, problems)), None).await
}

pub(crate) async fn update(request: SharedRequest) -> Answer {
    request.form.only(NAMES)?;
    let typed = Typed::read(&request);
    let id = request.parameter(0)?;
    let update = UpdateWebhook {
        url: Some(typed.url.clone()),
        description: request.form.text("description").map_or(Patch::Clear, Patch::Set),
        events: Some(typed.events.clone()),
        // A caller who does not see the box has not unticked it.
        includes_secrets: (typed.includes_secrets || may_include_secrets(&request)).then_some(typed.includes_secrets),
        is_disabled: Some(!typed.is_active),
        ..UpdateWebhook::new(id)
    };
    match request.dashboard.web.webhooks.update(&update, &request.context()).await {
        Ok(_) => request.done(&format!("/app/webhooks/{id}"), "saved"),
        Err(error) => refused(&request, Some(typed), error).await,
    }
}
