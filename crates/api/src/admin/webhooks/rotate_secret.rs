//! `POST /admin/webhooks/{id}/rotate-secret`

use axum::response::Response;

use crate::request::{Path, Query, RawBody, body, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Replaces the secret of a webhook.
    pub(crate) struct RotateSecretBody {
        /// Whether to drop the previous secret at once, because it has leaked. By default messages are signed with both for
        /// a day.
        at_once: Option<bool>,
    }
}

/// Replaces the secret of a webhook. Only this response contains the new one.
#[utoipa::path(
    post, path = "/admin/webhooks/{id}/rotate-secret", operation_id = "rotate_webhook_secret", tag = "webhooks",
    params(("id" = String, Path)), request_body = RotateSecretBody,
    responses((status = 200, body = schemas::webhooks::OneWebhook), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn rotate_secret(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let RotateSecretBody { at_once } = body.read()?;
    let rotated = state.webhooks.rotate_secret(super::id(&id)?, at_once.unwrap_or_default(), &caller.context).await?;
    Ok(respond::whole("webhook", &rotated))
}
