//! `POST /admin/webhooks/{id}`

use vestibule_core::Patch;
use vestibule_notify::UpdateWebhook;
use vestibule_notify::Webhook;

use crate::openapi::describe;
use crate::request::{NotNull, Path, Query, RawBody, Text, body, read_nothing};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Updates a webhook. Absent fields keep their value.
    pub(crate) struct UpdateWebhookBody {
        /// The address to send to: https, or http within the networks that the configuration allows.
        url: NotNull<Text<1, 2048>>,
        /// The events that it receives, in place of the present ones.
        events: NotNull<Vec<String>>,
        /// What it is for; null clears it.
        description: Patch<Text<0, 500>>,
        /// Whether messages contain secrets. Requires every permission.
        includes_secrets: NotNull<bool>,
        /// Whether it is disabled. Events that happen in the meantime are not sent later.
        disabled: NotNull<bool>,
    }
}

/// Updates a webhook. Changing the address of one whose messages contain secrets requires every permission.
#[describe(operation("update_webhook", "webhooks").body::<UpdateWebhookBody>().errors(["404"]))]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<One<Webhook>> {
    read_nothing(&query)?;
    let body: UpdateWebhookBody = body.read()?;
    let update = UpdateWebhook {
        url: body.url.0.map(Into::into),
        description: body.description.map(Into::into),
        events: body.events.0,
        includes_secrets: body.includes_secrets.0,
        is_disabled: body.disabled.0,
        ..UpdateWebhook::new(super::id(&id)?)
    };
    let webhook = state.webhooks.update(&update, &caller.context).await?;
    Ok(respond::whole(&webhook))
}
