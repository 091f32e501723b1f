//! Reading what a client sent, before any rule is asked: bodies and query strings.
//!
//! - [`body`]: declares what a route's JSON body may hold, and reads it ([`kind`] has the kinds of fields)
//! - [`json`]: a body's bytes as JSON, strictly; [`content_type`]: JSON and nothing else
//! - [`query`]: a query string as a small tree, as the reference's clients write it
//! - [`parameters`]: a route's own parameters out of that tree; [`find`]: filters, order, page and fields of a list;
//!   [`rows`]: the page of one without filters
//! - [`relation`]: what is shown of things that belong to another
//! - [`extract`]: all of it as axum's extractors
//! - [`report`]: all that is wrong with a request, in the reference's words
//!
//! What is unknown is refused, never passed over (security.md 26), and no input makes a panic or a status from 500 up
//! (security.md 29). Not here: what a value means (the modules), how long a request may be (the server).

pub mod body;
pub mod content_type;
pub mod extract;
pub mod find;
mod js_format;
pub mod json;
pub mod kind;
#[cfg(test)]
mod odd_inputs;
pub mod parameters;
pub mod query;
pub mod relation;
pub mod report;
pub mod rows;

pub(crate) use body::body;
pub use body::{Body, read_body, read_object, read_object_of};
pub use extract::{Path, RawBody};
pub use find::{FindRequest, Listing};
pub use kind::{Int, Name, NonEmpty, NotNull, Secret, Text, Url};
pub use parameters::{Parameters, read_nothing, read_selection};
pub use query::{Parameter, Query};
pub use relation::{Kind, Relation, Relations};
pub use report::{InvalidRequest, Report};
pub use rows::Rows;
