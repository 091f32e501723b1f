//! Replaces the secret of a webhook.

use http::StatusCode;

use super::edit::{page, refused};
use crate::request::{Answer, SharedRequest};

pub(crate) async fn rotate(request: SharedRequest) -> Answer {
    request.form.only(&["at_once"])?;
    let at_once = !request.form.get("at_once").is_empty();
    match request.dashboard.web.webhooks.rotate_secret(request.parameter(0)?, at_once, &request.context()).await {
        Ok(rotated) => page(&request, StatusCode::OK, rotated.webhook, None, Some(rotated.secret)).await,
        Err(error) => refused(&request, None, error).await,
    }
}
