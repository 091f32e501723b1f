//! `POST /admin/webhooks/{id}/test`

use crate::openapi::describe;
use crate::request::{Path, Query, read_nothing};
use crate::respond::{self, Reply};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_outbox::EventId;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

#[derive(Serialize, ToSchema)]
pub(crate) struct TestedWebhook {
    /// The id of the event that is sent.
    event_id: EventId,
}

/// Sends the event `webhook.test` to a webhook, whichever events it receives. Its deliveries show the result.
#[describe(operation("test_webhook", "webhooks").errors(["404"]))]
pub(crate) async fn test(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<TestedWebhook> {
    read_nothing(&query)?;
    let event = state.webhooks.test(super::id(&id)?, &caller.context).await?;
    Ok(respond::json(&TestedWebhook { event_id: event }))
}
