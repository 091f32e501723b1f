//! `POST /admin/deliveries/{id}/retry`

use crate::openapi::describe;
use crate::request::{Path, Query, read_nothing};
use crate::respond::{self, One, Reply};
use vestibule_notify::Delivery;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Tries a delivery again now, under the same id, whatever its state. It is not sent if it is out of date by then, such as
/// an invite that was accepted.
#[describe(operation("retry_delivery", "deliveries").errors(["404", "409"]))]
pub(crate) async fn retry(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<One<Delivery>> {
    read_nothing(&query)?;
    let delivery = state.deliveries.retry(super::id(&id)?, &caller.context).await?;
    Ok(respond::whole(&delivery))
}
