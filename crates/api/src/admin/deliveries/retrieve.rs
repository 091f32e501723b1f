//! `GET /admin/deliveries/{id}`

use crate::openapi::describe;
use crate::request::{Path, Query, read_nothing};
use crate::respond::{self, One, Reply};
use vestibule_notify::Delivery;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a delivery.
#[describe(operation("retrieve_delivery", "deliveries").errors(["404"]))]
pub(crate) async fn retrieve(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<One<Delivery>> {
    read_nothing(&query)?;
    let delivery = state.deliveries.retrieve(super::id(&id)?).await?;
    Ok(respond::whole(&delivery))
}
