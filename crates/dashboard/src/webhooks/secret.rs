//! A new secret for a webhook.

use http::StatusCode;

use super::edit::{page, refused};
use crate::request::{Answer, Asked};

pub(crate) async fn rotate(visit: Asked) -> Answer {
    visit.form.only(&["at_once"])?;
    let at_once = !visit.form.get("at_once").is_empty();
    match visit.dashboard.web.webhooks.rotate_secret(visit.parameter(0)?, at_once, &visit.by()).await {
        Ok(rotated) => page(&visit, StatusCode::OK, rotated.webhook, None, Some(rotated.secret)).await,
        Err(error) => refused(&visit, None, error).await,
    }
}
