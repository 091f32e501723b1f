//! `GET /admin/deliveries`

use vestibule_notify::{Delivery, DeliveryQuery, NEWEST_FIRST};

use super::{STATES, read_states};
use crate::openapi::{BY_CURSOR, QueryParameter, ROWS, describe};
use crate::request::{Parameters, Query, Rows};
use crate::respond::{self, Many, Numbers, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

const PARAMETERS: &[QueryParameter] = &[
    QueryParameter::text("subject", "The id of what the event happened to; several as `subject[]=…`.")
        .example("invite_01JDMX5R4Z9WQ0H3T2B7K8N6VC"),
    QueryParameter::text("destination", "`mail`, `webhook`, …; several as `destination[]=…`.").example("mail"),
];

/// Lists deliveries, newest first.
#[describe(operation("list_deliveries", "deliveries").query(PARAMETERS).query(STATES).query(ROWS).query(BY_CURSOR))]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Reply<Many<Delivery>> {
    let mut parameters = Parameters::of(&query);
    let rows = Rows::of(&mut parameters);
    let (after, has_next) = parameters.after(&NEWEST_FIRST, rows.offset);
    let wanted = DeliveryQuery {
        subjects: parameters.texts("subject").into_iter().map(str::to_owned).collect(),
        destinations: parameters.texts("destination").into_iter().map(str::to_owned).collect(),
        states: read_states(&mut parameters),
        after,
        skip: rows.skip(),
        take: rows.take(),
        counting: parameters.counting(),
        ..DeliveryQuery::default()
    };
    let wanted = parameters.finish(wanted)?;
    let page = state.deliveries.list_page(&wanted).await?;
    Ok(respond::many_of(&page.rows, Numbers::of(&page, &NEWEST_FIRST, rows, has_next)))
}
