//! Creates a webhook.

use askama::Template;
use http::StatusCode;
use vestibule_notify::NewWebhook;

use super::edit;
use super::fields::{NAMES, Problems, Typed, may_include_secrets};
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
        Ok(made) => edit::page(&request, StatusCode::OK, made.webhook, None, Some(made.secret)).await,
        Err(error) => {
            let (status, problems) = Problems::of(error, request.language)?;
            page(&request, status, typed, problems)
        }
    }
}
