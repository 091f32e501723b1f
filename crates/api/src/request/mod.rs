//! Reads what a client sent, before any rule applies: bodies and query strings.
//!
//! - [`body`]: declares the fields of a route's JSON body, and reads it ([`kind`] has the kinds of fields)
//! - [`json`]: a body's bytes as JSON, strictly; [`content_type`]: JSON and nothing else
//! - [`query`]: a query string as a small tree, as the reference's clients write it
//! - [`parameters`]: a route's parameters in that tree; [`find`]: filters, order, page and fields of a list; [`rows`]: the
//!   page of a list without filters
//! - [`relation`]: the related things that `fields` selects
//! - [`extract`]: axum's extractors
//! - [`report`]: the faults of a request, with the reference's messages
//!
//! Unknown fields and parameters are refused (security.md 26), and no input causes a panic or a status of 500 or above
//! (security.md 29). Not here: what a value means (the modules), how long a request may be (the server).

pub mod body;
pub mod content_type;
mod cursor;
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
pub use kind::{Answer, Int, Name, NewPassword, NonEmpty, NotNull, Secret, Text, Url};
pub use parameters::{Parameters, read_nothing, read_selection};
pub use query::{Parameter, Query};
pub use relation::{Kind, Relation, Relations};
pub use report::{InvalidRequest, Report};
pub use rows::Rows;
