//! Creates a webhook.

use askama::Template;
use http::StatusCode;
use serde_json::{Value as Json, json};
use vestibule_notify::NewWebhook;

use super::edit;
use super::fields::{NAMES, Problems, Typed, may_include_secrets};
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "webhooks/new.html")]
struct NewPage {
    frame: Frame,
    typed: Typed,
    problems: Problems,
    may_include_secrets: bool,
    is_new: bool,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    // For a caller who may create webhooks, and not see them.
    if let Some(made) = request.shown_once().await? {
        let text = |name: &str| made.get(name).and_then(Json::as_str).unwrap_or_default();
        let id = text("webhook").parse().map_err(|_| Failure::NotFound)?;
        let webhook = request.dashboard.web.webhooks.retrieve(id).await?;
        return edit::page(&request, StatusCode::OK, webhook, None, Some(text("secret").to_owned())).await;
    }
    page(&request, StatusCode::OK, Typed::default(), Problems::default())
}

fn page(request: &PageRequest, status: StatusCode, typed: Typed, problems: Problems) -> Answer {
    let may_include_secrets = may_include_secrets(request);
    request.page_with(status, &NewPage { frame: request.frame(), typed, problems, may_include_secrets, is_new: true })
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(NAMES)?;
    let typed = Typed::read(&request);
    let new = NewWebhook {
        url: typed.url.clone(),
        description: Some(typed.description.clone()).filter(|text| !text.is_empty()),
        events: typed.events.clone(),
        includes_secrets: typed.includes_secrets,
    };
    match request.dashboard.web.webhooks.create(&new, &request.context()).await {
        Ok(made) => {
            let id = made.webhook.id;
            let path = match request.permissions().allows("webhook:read") {
                true => format!("/app/webhooks/{id}"),
                false => "/app/webhooks/new".to_owned(),
            };
            request.show_once(&path, json!({ "webhook": id.to_string(), "secret": made.secret })).await
        }
        Err(error) => {
            let (status, problems) = Problems::of(error, request.language)?;
            page(&request, status, typed, problems)
        }
    }
}
