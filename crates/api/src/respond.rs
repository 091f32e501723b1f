//! Writes responses.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use vestibule_core::{Field, Selection};

use crate::request::Rows;

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Responds 200 with this as JSON.
pub fn json(body: &impl Serialize) -> Response {
    json_with(StatusCode::OK, body)
}

/// Responds with this status and this as JSON.
pub fn json_with(status: StatusCode, body: &impl Serialize) -> Response {
    // Our own types always serialize; if one did not, the empty body would fail every test.
    let mut response = json_text(serde_json::to_vec(body).unwrap_or_default());
    *response.status_mut() = status;
    response
}

/// Responds 200 with text that is JSON already.
pub(crate) fn json_text(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// Responds 200 with plain text.
pub fn text(body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Responds `{ name: thing }` with the selected fields.
pub fn one<T: Serialize, F: Field>(name: &'static str, thing: &T, selection: &Selection<F>) -> Response {
    json(&Wrapped { name, thing: Selected { thing, selection } })
}

/// Responds `{ name: thing }` with all fields.
pub fn whole<T: Serialize>(name: &'static str, thing: &T) -> Response {
    json(&Wrapped { name, thing })
}

/// Responds `{ name: things, count, offset, limit }` with the selected fields.
pub fn page<T: Serialize, F: Field>(
    name: &'static str,
    things: &[T],
    selection: &Selection<F>,
    (count, offset, limit): (u64, u64, u64),
) -> Response {
    let things: Vec<_> = things.iter().map(|thing| Selected { thing, selection }).collect();
    json(&PageOf { name, things, count, offset, limit })
}

/// Responds `{ name: things, count, offset, limit }` with all fields.
pub fn rows<T: Serialize>(name: &'static str, things: &[T], count: u64, rows: Rows) -> Response {
    json(&PageOf { name, things: things.iter().collect(), count, offset: rows.offset, limit: rows.limit })
}

/// Responds `{ id, object, deleted: true }`, whether or not there was anything to delete.
pub fn deleted(id: &str, object: &'static str) -> Response {
    json(&serde_json::json!({ "id": id, "object": object, "deleted": true }))
}

/// A thing, serialized with the selected fields only.
pub struct Selected<'a, T, F> {
    /// The thing.
    pub thing: &'a T,
    /// The selected fields.
    pub selection: &'a Selection<F>,
}

impl<T: Serialize, F: Field> Serialize for Selected<'_, T, F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self.selection == Selection::Default {
            return self.thing.serialize(serializer);
        }
        let mut fields = match serde_json::to_value(self.thing).map_err(serde::ser::Error::custom)? {
            Json::Object(fields) => fields,
            _ => Map::new(),
        };
        self.selection.apply(&mut fields);
        fields.serialize(serializer)
    }
}

struct Wrapped<T> {
    name: &'static str,
    thing: T,
}

impl<T: Serialize> Serialize for Wrapped<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.name, &self.thing)])
    }
}

struct PageOf<T> {
    name: &'static str,
    things: Vec<T>,
    count: u64,
    offset: u64,
    limit: u64,
}

impl<T: Serialize> Serialize for PageOf<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry(self.name, &self.things)?;
        map.serialize_entry("count", &self.count)?;
        map.serialize_entry("offset", &self.offset)?;
        map.serialize_entry("limit", &self.limit)?;
        map.end()
    }
}
