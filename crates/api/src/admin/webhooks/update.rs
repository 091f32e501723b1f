//! `POST /admin/webhooks/{id}`

use axum::response::Response;
use vestibule_core::Patch;
use vestibule_notify::UpdateWebhook;

use crate::request::{NotNull, Path, Query, RawBody, Text, body, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Changes a webhook. What is absent stays.
    pub(crate) struct UpdateWebhookBody {
        /// Where it listens: https, or http inside of the networks that the configuration allows.
        url: NotNull<Text<1, 2048>>,
        /// Of which events it is told: these and no others.
        events: NotNull<Vec<String>>,
        /// What it is for; null for nothing.
        description: Patch<Text<0, 500>>,
        /// Whether it is told what opens a door. Only whoever may do everything can have that.
        includes_secrets: NotNull<bool>,
        /// Whether it is told nothing. What happens meanwhile it is not told later.
        disabled: NotNull<bool>,
    }
}

/// Changes a webhook. Where it is told what opens doors, only whoever may do everything says where it listens.
#[utoipa::path(
    post, path = "/admin/webhooks/{id}", operation_id = "update_webhook", tag = "webhooks",
    params(("id" = String, Path)), request_body = UpdateWebhookBody,
    responses((status = 200, body = schemas::webhooks::OneWebhook), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
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
    Ok(respond::whole("webhook", &webhook))
}
