//! `POST /admin/webhooks/{id}/test`

use axum::response::Response;

use crate::request::{Path, Query, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Sends the event `webhook.test` to a webhook, whichever events it receives. Its deliveries show the result.
#[utoipa::path(
    post, path = "/admin/webhooks/{id}/test", operation_id = "test_webhook", tag = "webhooks",
    params(("id" = String, Path)),
    responses((status = 200, body = schemas::webhooks::TestedWebhook), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn test(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let event = state.webhooks.test(super::id(&id)?, &caller.context).await?;
    Ok(respond::whole("event_id", &event))
}
