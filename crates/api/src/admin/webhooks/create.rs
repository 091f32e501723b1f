//! `POST /admin/webhooks`

use vestibule_notify::NewWebhook;
use vestibule_notify::WebhookWithSecret;

use crate::openapi::describe;
use crate::request::{Query, RawBody, Text, body, read_nothing};
use crate::respond::{self, One, Reply};
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
#[describe(operation("create_webhook", "webhooks").body::<CreateWebhookBody>())]
pub(crate) async fn create(
    state: State,
    caller: Authorized,
    query: Query,
    body: RawBody,
) -> Reply<One<WebhookWithSecret>> {
    read_nothing(&query)?;
    let body: CreateWebhookBody = body.read()?;
    let new = NewWebhook {
        url: body.url.into(),
        description: body.description.map(Into::into),
        events: body.events,
        includes_secrets: body.includes_secrets.unwrap_or_default(),
    };
    let created = state.webhooks.create(&new, &caller.context).await?;
    Ok(respond::whole(&created))
}
