//! The kinds of fields that a body may hold: how each is read out of JSON, and what the OpenAPI document says of it.
//!
//! - text: `String`, [`Text`] with bounds, [`Name`], [`Url`], [`Secret`], and `EmailAddress` of the core
//! - `bool`, [`Int`] with bounds, `Metadata`; `Vec` of any of these, [`NonEmpty`]
//! - may be absent: `Option` (or null), [`NotNull`] (but not null), `Patch` and `MetadataPatch` (null clears)

mod domain;
mod list;
mod optional;
mod scalar;
mod text;

use std::fmt;

use serde_json::Value as Json;
use utoipa::openapi::schema::Schema;

pub use list::NonEmpty;
pub use optional::NotNull;
pub use scalar::Int;
pub use text::{Name, Secret, Text, Url};

use super::{Report, js_format};

/// A kind of field.
pub trait Kind: Sized {
    /// Whether the field must be there.
    const REQUIRED: bool = true;

    /// What its absence means; `None` where that was reported as wrong.
    fn absent(place: Place<'_>, report: &mut Report) -> Option<Self> {
        report.required(place);
        None
    }

    /// Reads what was sent; `None` where something was reported as wrong.
    fn read(value: Json, place: Place<'_>, report: &mut Report) -> Option<Self>;

    /// What the OpenAPI document says of it.
    fn schema() -> Schema;
}

/// Where in the body a value stands: a field, or an item of a field's list.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    field: &'a str,
    item: Option<usize>,
}

impl<'a> Place<'a> {
    /// The field of this name.
    pub fn field(field: &'a str) -> Self {
        Self { field, item: None }
    }

    /// One item of the list in this place, counted from 0.
    #[must_use]
    pub fn item(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }

    /// Reports a value of another type. Of an item, the reference says that it is required.
    fn mismatch(self, expected: &str, value: &Json, report: &mut Report) {
        if self.item.is_some() {
            report.required(self);
        } else {
            report.expected(expected, self, &js_format::to_string(value));
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)?;
        self.item.map_or(Ok(()), |item| write!(f, ", {item}"))
    }
}

/// Reads `value` as the field `field`, for the tests of the kinds.
#[cfg(test)]
fn read<K: Kind>(value: Json) -> Result<K, String> {
    let mut report = Report::default();
    let kind = K::read(value, Place::field("field"), &mut report);
    report.finish(kind).map_err(|error| error.messages.join("; "))
}
