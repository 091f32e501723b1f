//! `GET /admin/webhooks`

use crate::openapi::{ROWS, describe};
use crate::request::{Query, Rows};
use crate::respond::{self, Many, Reply};
use vestibule_notify::Webhook;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the webhooks, oldest first.
#[describe(operation("list_webhooks", "webhooks").query(ROWS))]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Reply<Many<Webhook>> {
    let rows = Rows::read(&query)?;
    let (webhooks, count) = state.webhooks.list_and_count(rows.skip(), rows.take()).await?;
    Ok(respond::rows(&webhooks, count, rows))
}
