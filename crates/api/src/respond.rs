//! Writes responses. What a handler sends is its return type, `Reply<One<User>>`: the OpenAPI document has it from there.

mod numbers;

use std::marker::PhantomData;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use vestibule_core::{Field, Selection};
use vestibule_web::Problem;

pub(crate) use self::numbers::Numbers;
use crate::request::Rows;
use crate::resources::Resource;

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// What a handler returns: a response with this content, or a problem.
pub(crate) type Reply<T> = Result<Sent<T>, Problem>;

/// A response with the content `T`.
pub(crate) struct Sent<T> {
    response: Response,
    content: PhantomData<fn() -> T>,
}

impl<T> Sent<T> {
    /// Wraps a response with this content.
    pub(crate) fn new(response: Response) -> Self {
        Self { response, content: PhantomData }
    }

    /// Sets the status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        *self.response.status_mut() = status;
        self
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        self.response.headers_mut()
    }
}

impl<T> IntoResponse for Sent<T> {
    fn into_response(self) -> Response {
        self.response
    }
}

/// The content `{ "user": … }`, under the name that the resource has.
pub(crate) struct One<T>(PhantomData<T>);

/// The content `{ "users": [ … ], "count": …, "offset": …, "limit": … }`, under the name that the resource has.
pub(crate) struct Many<T>(PhantomData<T>);

/// Plain text.
pub(crate) struct PlainText;

/// Things as lines of JSON, or as CSV.
pub(crate) struct Exported<T>(PhantomData<T>);

/// `id` is deleted, whether or not there was anything to delete.
#[derive(Serialize, ToSchema)]
pub(crate) struct Deleted {
    id: String,
    #[schema(example = "user")]
    object: &'static str,
    #[schema(example = true)]
    deleted: bool,
}

/// `ids` are deleted.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedMany {
    ids: Vec<String>,
    #[schema(example = "role_user")]
    object: &'static str,
    #[schema(example = true)]
    deleted: bool,
}

/// It is done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Success {
    #[schema(example = true)]
    success: bool,
}

/// Responds 200 with this as JSON.
pub(crate) fn json<T: Serialize>(body: &T) -> Sent<T> {
    Sent::new(serialized(body))
}

fn serialized(body: &impl Serialize) -> Response {
    // Our own types always serialize; if one did not, the empty body would fail every test.
    json_text(serde_json::to_vec(body).unwrap_or_default())
}

/// Responds 200 with text that is JSON already.
pub(crate) fn json_text(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// Responds 200 with plain text.
pub(crate) fn text(body: &'static str) -> Sent<PlainText> {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Sent::new(response)
}

/// Responds `{ name: thing }` with the selected fields.
pub(crate) fn one<T: Resource + Serialize>(thing: &T, selection: &Selection<impl Field>) -> Sent<One<T>> {
    one_of(&Selected { thing, selection })
}

/// Responds `{ name: thing }` with all fields.
pub(crate) fn whole<T: Resource + Serialize>(thing: &T) -> Sent<One<T>> {
    one_of(thing)
}

/// Responds `{ name: thing }`, with a thing that was made of a `T`.
pub(crate) fn one_of<T: Resource>(thing: &impl Serialize) -> Sent<One<T>> {
    Sent::new(serialized(&Named { name: T::ONE, thing }))
}

/// Responds `{ name: things, count, offset, limit }` with the selected fields.
pub(crate) fn page<T: Resource + Serialize>(
    things: &[T],
    selection: &Selection<impl Field>,
    numbers: impl Into<Numbers>,
) -> Sent<Many<T>> {
    let things: Vec<_> = things.iter().map(|thing| Selected { thing, selection }).collect();
    many_of(&things, numbers)
}

/// Responds `{ name: things, count, offset, limit }` with all fields.
pub(crate) fn rows<T: Resource + Serialize>(things: &[T], count: u64, rows: Rows) -> Sent<Many<T>> {
    many_of(things, (count, rows.offset, rows.limit))
}

/// Responds `{ name: things, count, offset, limit }`, with things that were made of `T`.
pub(crate) fn many_of<T: Resource>(things: &[impl Serialize], numbers: impl Into<Numbers>) -> Sent<Many<T>> {
    let things = Named { name: T::MANY, thing: things };
    Sent::new(serialized(&Page { things, numbers: numbers.into() }))
}

/// Responds `{ id, object, deleted: true }`, whether or not there was anything to delete.
pub(crate) fn deleted(id: &str, object: &'static str) -> Sent<Deleted> {
    json(&Deleted { id: id.to_owned(), object, deleted: true })
}

/// Responds `{ ids, object, deleted: true }`.
pub(crate) fn deleted_many(ids: Vec<String>, object: &'static str) -> Sent<DeletedMany> {
    json(&DeletedMany { ids, object, deleted: true })
}

/// Responds `{ success: true }`.
pub(crate) fn success() -> Sent<Success> {
    json(&Success { success: true })
}

/// A thing, serialized with the selected fields only.
pub(crate) struct Selected<'a, T, F> {
    /// The thing.
    pub(crate) thing: &'a T,
    /// The selected fields.
    pub(crate) selection: &'a Selection<F>,
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

struct Named<'a, T: ?Sized> {
    name: &'static str,
    thing: &'a T,
}

impl<T: Serialize + ?Sized> Serialize for Named<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.name, self.thing)])
    }
}

#[derive(Serialize)]
struct Page<'a, T: ?Sized> {
    #[serde(flatten, bound = "T: Serialize")]
    things: Named<'a, T>,
    #[serde(flatten)]
    numbers: Numbers,
}
