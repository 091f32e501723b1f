//! `GET /admin/webhooks/{id}`

use axum::response::Response;

use crate::request::{Path, Query, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a webhook.
#[utoipa::path(
    get, path = "/admin/webhooks/{id}", operation_id = "retrieve_webhook", tag = "webhooks",
    params(("id" = String, Path)),
    responses((status = 200, body = schemas::webhooks::OneWebhook), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let webhook = state.webhooks.retrieve(super::id(&id)?).await?;
    Ok(respond::whole("webhook", &webhook))
}
