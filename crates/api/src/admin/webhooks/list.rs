//! `GET /admin/webhooks`

use axum::response::Response;

use crate::request::{Query, Rows};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the webhooks, oldest first.
#[utoipa::path(
    get, path = "/admin/webhooks", operation_id = "list_webhooks", tag = "webhooks",
    params(schemas::webhooks::RowParameters),
    responses((status = 200, body = schemas::webhooks::Webhooks), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Result<Response, Problem> {
    let rows = Rows::read(&query)?;
    let (webhooks, count) = state.webhooks.list_and_count(rows.skip(), rows.take()).await?;
    Ok(respond::rows("webhooks", &webhooks, count, rows))
}
