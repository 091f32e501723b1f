//! `POST /admin/deliveries/{id}/retry`

use axum::response::Response;

use crate::request::{Path, Query, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Tries a delivery again now, under the same id, whatever its state. It is not sent if it is out of date by then, such as
/// an invite that was accepted.
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
