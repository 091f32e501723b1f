//! Replaces the secret of a webhook.

use serde_json::json;

use super::edit::refused;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn rotate(request: SharedRequest) -> Answer {
    request.form.only(&["at_once"])?;
    let at_once = !request.form.get("at_once").is_empty();
    match request.dashboard.web.webhooks.rotate_secret(request.parameter(0)?, at_once, &request.context()).await {
        Ok(rotated) => {
            let path = format!("/app/webhooks/{}", rotated.webhook.id);
            request.show_once(&path, json!({ "secret": rotated.secret })).await
        }
        Err(error) => refused(&request, None, error).await,
    }
}
