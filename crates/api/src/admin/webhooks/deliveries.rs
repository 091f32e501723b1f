//! `GET /admin/webhooks/{id}/deliveries`

use vestibule_notify::{Delivery, DeliveryQuery, NEWEST_FIRST};

use crate::admin::deliveries::{STATES, read_states};
use crate::openapi::{BY_CURSOR, ROWS, describe};
use crate::request::{Parameters, Path, Query, Rows};
use crate::respond::{self, Many, Numbers, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the deliveries to a webhook, newest first.
#[describe(operation("list_webhook_deliveries", "webhooks").query(STATES).query(ROWS).query(BY_CURSOR).errors(["404"]))]
pub(crate) async fn deliveries(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<Many<Delivery>> {
    let mut parameters = Parameters::of(&query);
    let (rows, states) = (Rows::of(&mut parameters), read_states(&mut parameters));
    let ((after, has_next), counting) = (parameters.after(&NEWEST_FIRST, rows.offset), parameters.counting());
    parameters.finish(())?;
    let webhook = state.webhooks.retrieve(super::id(&id)?).await?;
    let page = DeliveryQuery {
        states,
        after,
        skip: rows.skip(),
        take: rows.take(),
        counting,
        ..DeliveryQuery::to_webhook(webhook.id)
    };
    let page = state.deliveries.list_page(&page).await?;
    Ok(respond::many_of(&page.rows, Numbers::of(&page, &NEWEST_FIRST, rows, has_next)))
}
