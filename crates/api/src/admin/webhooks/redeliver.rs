//! `POST /admin/webhooks/{id}/deliveries/{delivery_id}/redeliver`

use crate::admin::deliveries;
use crate::openapi::describe;
use crate::request::{Path, Query, read_nothing};
use crate::respond::{self, One, Reply};
use vestibule_notify::Delivery;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Sends a delivery to a webhook again, under the same id, whatever its state.
#[describe(operation("redeliver_to_webhook", "webhooks").errors(["404", "409"]))]
pub(crate) async fn redeliver(
    state: State,
    caller: Authorized,
    Path((id, delivery)): Path<(String, String)>,
    query: Query,
) -> Reply<One<Delivery>> {
    read_nothing(&query)?;
    let (id, delivery) = (super::id(&id)?, deliveries::id(&delivery)?);
    let queued = state.webhooks.redeliver(id, delivery, &caller.context).await?;
    Ok(respond::whole(&queued))
}
