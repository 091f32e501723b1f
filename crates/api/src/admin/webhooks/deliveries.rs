//! `GET /admin/webhooks/{id}/deliveries`

use vestibule_notify::Delivery;
use vestibule_notify::DeliveryQuery;

use crate::admin::deliveries::{STATES, read_states};
use crate::openapi::{ROWS, describe};
use crate::request::{Parameters, Path, Query, Rows};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the deliveries to a webhook, newest first.
#[describe(operation("list_webhook_deliveries", "webhooks").query(STATES).query(ROWS).errors(["404"]))]
pub(crate) async fn deliveries(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<Many<Delivery>> {
    let mut parameters = Parameters::of(&query);
    let (rows, states) = (Rows::of(&mut parameters), read_states(&mut parameters));
    parameters.finish(())?;
    let webhook = state.webhooks.retrieve(super::id(&id)?).await?;
    let wanted =
        DeliveryQuery { states, skip: rows.skip(), take: rows.take(), ..DeliveryQuery::to_webhook(webhook.id) };
    let (deliveries, count) = state.deliveries.list_and_count(&wanted).await?;
    Ok(respond::rows(&deliveries, count, rows))
}
