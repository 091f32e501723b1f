//! `GET /admin/deliveries`

use axum::response::Response;
use vestibule_notify::DeliveryQuery;

use super::read_states;
use crate::request::{Parameters, Query, Rows};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists deliveries, newest first.
#[utoipa::path(
    get, path = "/admin/deliveries", operation_id = "list_deliveries", tag = "deliveries",
    params(schemas::webhooks::DeliveryParameters, schemas::webhooks::DeliveryStateParameter, schemas::webhooks::RowParameters),
    responses((status = 200, body = schemas::webhooks::Deliveries), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(&query);
    let rows = Rows::of(&mut parameters);
    let wanted = DeliveryQuery {
        subjects: parameters.texts("subject").into_iter().map(str::to_owned).collect(),
        destinations: parameters.texts("destination").into_iter().map(str::to_owned).collect(),
        target: None,
        states: read_states(&mut parameters),
        skip: rows.skip(),
        take: rows.take(),
    };
    let wanted = parameters.finish(wanted)?;
    let (deliveries, count) = state.deliveries.list_and_count(&wanted).await?;
    Ok(respond::rows("deliveries", &deliveries, count, rows))
}
