//! `DELETE /admin/webhooks/{id}`

use axum::response::Response;

use crate::api::State;
use crate::caller::Admitted;
use crate::request::Path;
use crate::{ApiError, respond, schemas};

/// Deletes a webhook, and its secrets. What was to be delivered to it is not.
#[utoipa::path(
    delete, path = "/admin/webhooks/{id}", operation_id = "delete_webhook", tag = "webhooks",
    params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(state: State, asker: Admitted, Path(id): Path<String>) -> Result<Response, ApiError> {
    state.webhooks.delete(super::id(&id)?, &asker.by).await?;
    Ok(respond::deleted(&id, "webhook"))
}
