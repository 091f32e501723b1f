//! `GET /admin/events`

use std::time::Duration;

use axum::response::Response;
use serde::Serialize;
use serde_json::Value as Json;
use vestibule_core::Timestamp;
use vestibule_outbox::{EventId, EventName, FeedEvent, feed};

use crate::request::{Parameters, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
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

/// An event, as the response has it.
#[derive(Serialize)]
struct PublicEvent<'a> {
    id: EventId,
    name: &'a EventName,
    subject: &'a str,
    data: Json,
    created_at: Timestamp,
    position: i64,
}

impl<'a> From<&'a FeedEvent> for PublicEvent<'a> {
    fn from(FeedEvent { position, event }: &'a FeedEvent) -> Self {
        Self {
            id: event.id,
            name: &event.name,
            subject: &event.subject,
            // Secrets, such as the token of a password reset, are never returned here.
            data: event.public_data(),
            created_at: event.created_at,
            position: *position,
        }
    }
}

/// Lists the events after a position in the feed, in the order of their commits, without gaps. Continue with `after` set to
/// the response's `next` to receive every event once; a page of large events ends early. The data contains no secrets.
#[utoipa::path(
    get, path = "/admin/events", operation_id = "list_events", tag = "events",
    params(schemas::webhooks::EventParameters),
    responses((status = 200, body = schemas::webhooks::Events), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Result<Response, Problem> {
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
    let mut page = Page { json: br#"{"events":["#.to_vec(), events: 0, next: after };
    loop {
        let is_last = batch.len() < BATCH;
        page.append(&batch);
        if is_last || page.events >= limit || page.json.len() >= MOST_BYTES {
            return Ok(page.respond());
        }
        batch = feed::events_after(database, page.next, rows(page.events)).await?;
    }
}

/// A page while it is written.
struct Page {
    json: Vec<u8>,
    events: usize,
    next: i64,
}

impl Page {
    fn append(&mut self, batch: &[FeedEvent]) {
        for placed in batch {
            if self.events > 0 {
                self.json.push(b',');
            }
            // Our own types always serialize.
            let _ = serde_json::to_writer(&mut self.json, &PublicEvent::from(placed));
            self.events += 1;
            self.next = placed.position;
        }
    }

    fn respond(mut self) -> Response {
        self.json.extend_from_slice(format!("],\"next\":{}}}", self.next).as_bytes());
        respond::json_text(self.json)
    }
}
