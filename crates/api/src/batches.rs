//! Lists whose rows may be large, such as users with their metadata: a long page is read and written in batches, each when
//! the client has received the one before, so that it takes no more memory than a short page.

use axum::BoxError;
use axum::body::{Body, Bytes};
use futures_util::stream;
use serde::Serialize;
use vestibule_core::{Field, FindConfig, Selection};

use crate::resources::Resource;
use crate::respond::{Many, Numbers, Reply, Selected, Sent, json_text};
use vestibule_web::Problem;

/// The most rows of a page that is written at once.
const AT_ONCE: u64 = 50;

/// How many rows of a longer page are in memory at a time. A row has at most 64 KiB of metadata.
const BATCH: usize = 20;

/// A thing's id and its JSON.
pub(crate) type Written = (String, Vec<u8>);

/// Returns whether to write the requested page in batches.
pub(crate) fn are_due<F>(find: &FindConfig<F>) -> bool {
    find.take.is_none_or(|take| take > AT_ONCE)
}

/// Writes things with the selected fields.
pub(crate) fn write<T: Serialize, F: Field>(
    things: &[T],
    selection: &Selection<F>,
    id: impl Fn(&T) -> String,
) -> Vec<Written> {
    // Our own types always serialize; if one did not, the empty text would fail every test.
    let json = |thing| serde_json::to_vec(&Selected { thing, selection }).unwrap_or_default();
    things.iter().map(|thing| (id(thing), json(thing))).collect()
}

/// Responds `{ name: things, count, offset, limit }` with the things of these ids, in their order. `read` returns those that
/// still exist. A response without its final chunk is incomplete.
///
/// # Errors
///
/// That of the first batch; an error in a later one cuts the response off.
pub(crate) async fn respond<T, R, F>(ids: &[String], numbers: impl Into<Numbers>, read: R) -> Reply<Many<T>>
where
    T: Resource,
    R: Fn(Vec<String>) -> F + Send + 'static,
    F: Future<Output = Result<Vec<Written>, Problem>> + Send + 'static,
{
    let batches: Vec<Vec<String>> = ids.chunks(BATCH).map(<[String]>::to_vec).collect();
    let mut batches = batches.into_iter();
    let mut first = format!("{{\"{}\":[", T::MANY).into_bytes();
    let mut is_first = true;
    if let Some(ids) = batches.next() {
        is_first = append(&mut first, is_first, &ids, read(ids.clone()).await?);
    }
    // The numbers are an object of their own, of which the brace is left out.
    let numbers = serde_json::to_string(&numbers.into()).unwrap_or_default();
    let last = format!("],{}", numbers.trim_start_matches('{')).into_bytes();
    let state = (Some(first), batches, Some(last), is_first, read);
    let pieces = stream::try_unfold(state, |(first, mut batches, last, mut is_first, read)| async move {
        if let Some(first) = first {
            return Ok(Some((Bytes::from(first), (None, batches, last, is_first, read))));
        }
        let Some(ids) = batches.next() else {
            return Ok::<_, BoxError>(last.map(|last| (Bytes::from(last), (None, batches, None, is_first, read))));
        };
        let written = read(ids.clone()).await.map_err(|error| {
            tracing::warn!(error = error.message(), "a list was cut off");
            BoxError::from("the list was cut off")
        })?;
        let mut piece = Vec::new();
        is_first = append(&mut piece, is_first, &ids, written);
        Ok(Some((Bytes::from(piece), (None, batches, last, is_first, read))))
    });
    Ok(Sent::new(json_text(Body::from_stream(pieces))))
}

/// Appends things in the order of `ids`. Returns whether the next one will be the first of the list.
fn append(piece: &mut Vec<u8>, mut is_first: bool, ids: &[String], written: Vec<Written>) -> bool {
    for id in ids {
        let Some((_, json)) = written.iter().find(|(written, _)| written == id) else { continue };
        if !is_first {
            piece.push(b',');
        }
        piece.extend_from_slice(json);
        is_first = false;
    }
    is_first
}
