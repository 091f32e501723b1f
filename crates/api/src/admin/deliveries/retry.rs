//! `POST /admin/deliveries/{id}/retry`

use axum::response::Response;

use crate::request::{Path, Query, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Has a delivery tried again now, under the same id, whether it was given up, has arrived, or waits. What it tells of may be
/// over by then: that is not sent all the same.
#[utoipa::path(
    post, path = "/admin/deliveries/{id}/retry", operation_id = "retry_delivery", tag = "deliveries",
    params(("id" = String, Path)),
    responses((status = 200, body = schemas::webhooks::OneDelivery), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error), (status = 409, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retry(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let delivery = state.deliveries.retry(super::id(&id)?, &caller.context).await?;
    Ok(respond::whole("delivery", &delivery))
}
