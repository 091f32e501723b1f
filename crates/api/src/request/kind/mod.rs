//! The kinds of fields of a body: how each is read from JSON, and its schema in the OpenAPI document.
//!
//! - text: `String`, [`Text`] with bounds, [`Name`], [`Url`], [`Secret`], [`NewPassword`], and `EmailAddress` of the core
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

pub use domain::Answer;
pub use list::NonEmpty;
pub use optional::NotNull;
pub(crate) use optional::nullable;
pub use scalar::Int;
pub use text::{Name, NewPassword, Secret, Text, Url};

use super::{Report, js_format};

/// A kind of field.
pub trait Kind: Sized {
    /// Whether the field is required.
    const REQUIRED: bool = true;

    /// Returns the value of an absent field; `None` if absence was reported as a fault.
    fn absent(position: Position<'_>, report: &mut Report) -> Option<Self> {
        report.required(position);
        None
    }

    /// Reads the value; `None` if a fault was reported.
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self>;

    /// Returns its schema for the OpenAPI document.
    fn schema() -> Schema;
}

/// The position of a value in the body: a field, or an item of a field's list.
#[derive(Debug, Clone, Copy)]
pub struct Position<'a> {
    field: &'a str,
    item: Option<usize>,
}

impl<'a> Position<'a> {
    /// Returns the position of a field.
    pub fn field(field: &'a str) -> Self {
        Self { field, item: None }
    }

    /// Returns the position of an item of the list here, counted from 0.
    #[must_use]
    pub fn item(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }

    /// Reports a value of another type; for an item, as in the reference, that it is required.
    fn mismatch(self, expected: &str, value: &Json, report: &mut Report) {
        if self.item.is_some() {
            report.required(self);
        } else {
            report.expected(expected, self, &js_format::to_string(value));
        }
    }
}

impl fmt::Display for Position<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)?;
        self.item.map_or(Ok(()), |item| write!(f, ", {item}"))
    }
}

/// Reads `value` as the field `field`, for the tests of the kinds.
#[cfg(test)]
fn read<K: Kind>(value: Json) -> Result<K, String> {
    let mut report = Report::default();
    let kind = K::read(value, Position::field("field"), &mut report);
    report.finish(kind).map_err(|error| error.messages.join("; "))
}
