//! `GET /admin/webhooks/{id}/deliveries`

use axum::response::Response;
use vestibule_notify::DeliveryQuery;

use crate::admin::deliveries::read_states;
use crate::request::{Parameters, Path, Query, Rows};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the deliveries to a webhook, newest first.
#[utoipa::path(
    get, path = "/admin/webhooks/{id}/deliveries", operation_id = "list_webhook_deliveries", tag = "webhooks",
    params(("id" = String, Path), schemas::webhooks::DeliveryStateParameter, schemas::webhooks::RowParameters),
    responses((status = 200, body = schemas::webhooks::Deliveries), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn deliveries(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(&query);
    let (rows, states) = (Rows::of(&mut parameters), read_states(&mut parameters));
    parameters.finish(())?;
    let webhook = state.webhooks.retrieve(super::id(&id)?).await?;
    let wanted =
        DeliveryQuery { states, skip: rows.skip(), take: rows.take(), ..DeliveryQuery::to_webhook(webhook.id) };
    let (deliveries, count) = state.deliveries.list_and_count(&wanted).await?;
    Ok(respond::rows("deliveries", &deliveries, count, rows))
}
