//! Making a webhook.

use askama::Template;
use http::StatusCode;
use vestibule_notify::NewWebhook;

use super::edit;
use super::fields::{NAMES, Problems, Typed, may_include_secrets};
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};

#[derive(Template)]
#[template(path = "webhooks/new.html")]
struct NewPage {
    frame: Frame,
    typed: Typed,
    problems: Problems,
    may_include_secrets: bool,
    is_new: bool,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    page(&visit, StatusCode::OK, Typed::default(), Problems::default())
}

fn page(visit: &Visit, status: StatusCode, typed: Typed, problems: Problems) -> Answer {
    let may_include_secrets = may_include_secrets(visit);
    visit.page_with(status, &NewPage { frame: visit.frame(), typed, problems, may_include_secrets, is_new: true })
}

pub(crate) async fn create(visit: Asked) -> Answer {
    visit.form.only(NAMES)?;
    let typed = Typed::read(&visit);
    let new = NewWebhook {
        url: typed.url.clone(),
        description: Some(typed.description.clone()).filter(|text| !text.is_empty()),
        events: typed.events.clone(),
        includes_secrets: typed.includes_secrets,
    };
    match visit.dashboard.web.webhooks.create(&new, &visit.by()).await {
        Ok(made) => edit::page(&visit, StatusCode::OK, made.webhook, None, Some(made.secret)).await,
        Err(error) => {
            let (status, problems) = Problems::of(error, visit.language)?;
            page(&visit, status, typed, problems)
        }
    }
}
