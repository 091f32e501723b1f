//! `GET /admin/webhooks/{id}`

use crate::openapi::describe;
use crate::request::{Path, Query, read_nothing};
use crate::respond::{self, One, Reply};
use vestibule_notify::Webhook;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a webhook.
#[describe(operation("retrieve_webhook", "webhooks").errors(["404"]))]
pub(crate) async fn retrieve(state: State, _: Authorized, Path(id): Path<String>, query: Query) -> Reply<One<Webhook>> {
    read_nothing(&query)?;
    let webhook = state.webhooks.retrieve(super::id(&id)?).await?;
    Ok(respond::whole(&webhook))
}
