//! `GET /admin/audit/export`

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::response::Response;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http_body::Frame;
use vestibule_audit::{AuditField, Entry, Export};
use vestibule_core::Selection;
use vestibule_database::Error;

use super::{FILTERS, LISTING};
use crate::openapi::{FIELDS, describe};
use crate::request::Query;
use crate::respond::{Lines, Reply, Selected, Sent};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Exports every entry that matches as JSON lines, oldest first. A response without its final chunk is incomplete.
#[describe(operation("export_audit_entries", "audit").query(FILTERS).query(&[FIELDS]))]
pub(crate) async fn export(state: State, _: Authorized, query: Query) -> Reply<Lines<Entry>> {
    let (filter, selection) = LISTING.read_filter(&query)?;
    let mut export = state.flows.audit().export(filter);
    // Read before the response begins, so that its status reports an unavailable database.
    let first = export.next_page().await?;
    let mut response = Response::new(Body::new(EntryLines { selection, next: Next::There(Some((export, first))) }));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.jsonl\""));
    Ok(Sent::new(response))
}

type Reading = Pin<Box<dyn Future<Output = (Export, Result<Vec<Entry>, Error>)> + Send>>;

/// The entries as lines, a page at a time: each is read when the client has received the one before.
struct EntryLines {
    selection: Selection<AuditField>,
    next: Next,
}

enum Next {
    /// A page that was read; `None` after the last.
    There(Option<(Export, Vec<Entry>)>),
    /// A page that is being read.
    Reading(Reading),
}

impl EntryLines {
    fn write(&self, entries: &[Entry]) -> Bytes {
        let mut lines = Vec::new();
        for thing in entries {
            // Our own types always serialize.
            let _ = serde_json::to_writer(&mut lines, &Selected { thing, selection: &self.selection });
            lines.push(b'\n');
        }
        lines.into()
    }
}

impl http_body::Body for EntryLines {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            match &mut self.next {
                Next::There(page) => {
                    let Some((mut export, entries)) = page.take().filter(|(_, entries)| !entries.is_empty()) else {
                        return Poll::Ready(None);
                    };
                    self.next = Next::Reading(Box::pin(async move {
                        let page = export.next_page().await;
                        (export, page)
                    }));
                    return Poll::Ready(Some(Ok(Frame::data(self.write(&entries)))));
                }
                Next::Reading(reading) => {
                    let (export, page) = ready!(reading.as_mut().poll(cx));
                    self.next = Next::There(None);
                    match page {
                        Ok(entries) => self.next = Next::There(Some((export, entries))),
                        Err(error) => {
                            tracing::warn!(%error, "an export of the audit log was cut off");
                            return Poll::Ready(Some(Err(error.into())));
                        }
                    }
                }
            }
        }
    }
}
