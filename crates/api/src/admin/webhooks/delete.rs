//! `DELETE /admin/webhooks/{id}`

use axum::response::Response;

use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes a webhook and its secrets. Its waiting deliveries are not sent.
#[utoipa::path(
    delete, path = "/admin/webhooks/{id}", operation_id = "delete_webhook", tag = "webhooks",
    params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(state: State, caller: Authorized, Path(id): Path<String>) -> Result<Response, Problem> {
    state.webhooks.delete(super::id(&id)?, &caller.context).await?;
    Ok(respond::deleted(&id, "webhook"))
}
