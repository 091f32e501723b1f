//! `POST /admin/webhooks`

use axum::response::Response;
use vestibule_notify::NewWebhook;

use crate::request::{Query, RawBody, Text, body, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Creates a webhook.
    pub(crate) struct CreateWebhookBody {
        /// The address to send to: https, or http within the networks that the configuration allows.
        url: Text<1, 2048>,
        /// The events that it receives: names such as `user.created`, `user.*` for all of a kind, `*` for all.
        events: Vec<String>,
        /// What it is for.
        description: Option<Text<0, 500>>,
        /// Whether messages contain secrets, such as the token of a password reset. Requires every permission.
        includes_secrets: Option<bool>,
    }
}

/// Creates a webhook. Only this response contains its `secret`, with which the receiver verifies messages.
#[utoipa::path(
    post, path = "/admin/webhooks", operation_id = "create_webhook", tag = "webhooks",
    request_body = CreateWebhookBody,
    responses((status = 200, body = schemas::webhooks::OneWebhook), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn create(state: State, caller: Authorized, query: Query, body: RawBody) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let body: CreateWebhookBody = body.read()?;
    let new = NewWebhook {
        url: body.url.into(),
        description: body.description.map(Into::into),
        events: body.events,
        includes_secrets: body.includes_secrets.unwrap_or_default(),
    };
    let created = state.webhooks.create(&new, &caller.context).await?;
    Ok(respond::whole("webhook", &created))
}
