//! `POST /admin/webhooks/{id}/deliveries/{delivery_id}/redeliver`

use axum::response::Response;

use crate::admin::deliveries;
use crate::request::{Path, Query, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Sends a delivery to a webhook again, under the same id, whatever its state.
#[utoipa::path(
    post, path = "/admin/webhooks/{id}/deliveries/{delivery_id}/redeliver", operation_id = "redeliver_to_webhook", tag = "webhooks",
    params(("id" = String, Path), ("delivery_id" = String, Path)),
    responses((status = 200, body = schemas::webhooks::OneDelivery), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error), (status = 409, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn redeliver(
    state: State,
    caller: Authorized,
    Path((id, delivery)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let (id, delivery) = (super::id(&id)?, deliveries::id(&delivery)?);
    let queued = state.webhooks.redeliver(id, delivery, &caller.context).await?;
    Ok(respond::whole("delivery", &queued))
}
