//! `GET /admin/events`

use std::time::Duration;

use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use vestibule_core::Timestamp;
use vestibule_outbox::{EventId, EventName, FeedEvent, feed};

use crate::openapi::{QueryParameter, describe};
use crate::request::{Parameters, Query};
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// How many events a page has by default.
const LIMIT: u32 = 100;

/// The most events that a page has. A larger `limit` is reduced to it.
const MOST: u32 = 1_000;

/// A page of at least this many bytes gets no further events: the data of an event may be large.
const MOST_BYTES: usize = 1024 * 1024;

/// How many events are read at a time.
const BATCH: usize = 50;

/// The longest wait for an event, in seconds: proxies time out after a minute.
const LONGEST_WAIT: u32 = 30;

const PARAMETERS: &[QueryParameter] = &[
    QueryParameter::whole(
        "after",
        "The position to start after: the `next` of the previous response. By default, the feed starts at its first event.",
        0,
    )
    .example("0"),
    QueryParameter::whole("limit", "The most events to return; by default 100, at most 1000.", 1).example("100"),
    QueryParameter::whole("wait", "How many seconds to wait for an event if there is none yet.", 0)
        .at_most(LONGEST_WAIT as i64)
        .example("0"),
];

/// An event.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
struct PublicEvent {
    id: EventId,
    name: EventName,
    /// The id of what it happened to.
    subject: String,
    /// The details, without secrets.
    #[schema(value_type = serde_json::Map<String, Json>)]
    data: Json,
    created_at: Timestamp,
    /// Its position in the feed: 1, 2, 3, ….
    position: i64,
}

impl From<FeedEvent> for PublicEvent {
    fn from(FeedEvent { position, event }: FeedEvent) -> Self {
        Self {
            id: event.id,
            // Secrets, such as the token of a password reset, are never returned here.
            data: event.public_data(),
            name: event.name,
            subject: event.subject,
            created_at: event.created_at,
            position,
        }
    }
}

/// A page of the feed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Events {
    events: Vec<PublicEvent>,
    /// The `after` of the next page.
    next: i64,
}

/// Lists the events after a position in the feed, in the order of their commits, without gaps. Continue with `after` set to
/// the response's `next` to receive every event once; a page of large events ends early. The data contains no secrets.
#[describe(operation("list_events", "events").query(PARAMETERS))]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Reply<Events> {
    let mut parameters = Parameters::of(&query);
    let after = parameters.whole("after", 0..=i64::MAX, 0);
    let limit = parameters.whole("limit", 1..=i64::MAX, LIMIT.into()).min(MOST.into());
    let wait = parameters.whole("wait", 0..=LONGEST_WAIT.into(), 0);
    parameters.finish(())?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let wait = Duration::from_secs(u64::try_from(wait).unwrap_or_default());
    let database = state.flows.database();
    let rows = |read: usize| u32::try_from((limit - read).min(BATCH)).unwrap_or(LIMIT);
    let mut batch = tokio::select! {
        events = feed::wait_for_events_after(database, after, rows(0), wait) => events?,
        // A server that stops does not wait for further events and returns those that exist.
        () = state.waiting.ended() => feed::events_after(database, after, rows(0)).await?,
    };
    let (mut page, mut bytes) = (Events { events: Vec::new(), next: after }, 0);
    loop {
        let is_last = batch.len() < BATCH;
        for event in batch.into_iter().map(PublicEvent::from) {
            bytes += serde_json::to_vec(&event).map_or(0, |json| json.len());
            page.next = event.position;
            page.events.push(event);
        }
        if is_last || page.events.len() >= limit || bytes >= MOST_BYTES {
            return Ok(respond::json(&page));
        }
        batch = feed::events_after(database, page.next, rows(page.events.len())).await?;
    }
}
