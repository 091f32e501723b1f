//! Fields of the core's types: e-mail addresses, times and metadata.

use std::fmt;

use serde_json::{Map, Value as Json};
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use vestibule_core::{EmailAddress, InvalidTimestamp, Metadata, MetadataPatch, Timestamp, email};

use super::optional::nullable;
use super::{Kind, Position};
use crate::request::Report;

/// An e-mail address. The reference accepts any text.
impl Kind for EmailAddress {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        let Json::String(text) = value else {
            position.mismatch("string", &value, report);
            return None;
        };
        Self::parse(&text).map_err(|error| report.invalid(position, error)).ok()
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("email".to_owned())))
            .max_length(Some(email::MAX_LENGTH))
            .into()
    }
}

/// A date and time in RFC 3339, as the core parses it.
impl Kind for Timestamp {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        let Json::String(text) = value else {
            position.mismatch("string", &value, report);
            return None;
        };
        text.parse().map_err(|error: InvalidTimestamp| report.invalid(position, error)).ok()
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl Kind for Metadata {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        let Json::Object(object) = value else {
            position.mismatch("record", &value, report);
            return None;
        };
        Self::new(object).map_err(|error| report.invalid(position, error)).ok()
    }

    fn schema() -> Schema {
        ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
    }
}

/// What the browser answers to a challenge: a JSON object whose fields the kind of factor reads. Printed without it.
pub struct Answer(Map<String, Json>);

impl From<Answer> for Map<String, Json> {
    fn from(answer: Answer) -> Self {
        answer.0
    }
}

impl Answer {
    /// Its fields.
    pub fn fields(&self) -> &Map<String, Json> {
        &self.0
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(…)")
    }
}

impl Kind for Answer {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        match value {
            Json::Object(fields) => Some(Self(fields)),
            value => {
                position.mismatch("record", &value, report);
                None
            }
        }
    }

    fn schema() -> Schema {
        ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
    }
}

impl Kind for MetadataPatch {
    const REQUIRED: bool = false;

    fn absent(_: Position<'_>, _: &mut Report) -> Option<Self> {
        Some(Self::Keep)
    }

    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        if value.is_null() { Some(Self::Clear) } else { Metadata::read(value, position, report).map(Self::Merge) }
    }

    fn schema() -> Schema {
        nullable(Metadata::schema())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    #[test]
    fn text_that_is_not_an_address_is_refused() {
        assert_eq!(read::<EmailAddress>(json!(" Ada@Example.com ")).unwrap().as_str(), "Ada@Example.com");
        for (value, message) in [
            (json!(5), "Expected type: 'string' for field 'field', got: '5'"),
            (json!([]), "Expected type: 'string' for field 'field', got: ''"),
            (json!(""), "Invalid value for field 'field': an e-mail address has the form name@example.com"),
            (json!("notanemail"), "Invalid value for field 'field': an e-mail address has the form name@example.com"),
            (
                json!(format!("{}@example.com", "a".repeat(300))),
                "Invalid value for field 'field': the e-mail address is too long: 254 bytes at most, 64 of them before the @",
            ),
            (
                json!("Ann <ann@x.y>"),
                "Invalid value for field 'field': the e-mail address contains a character that is not allowed",
            ),
        ] {
            assert_eq!(read::<EmailAddress>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(
            read::<Timestamp>(json!("2026-11-22T10:30:00+01:00")).unwrap().to_string(),
            "2026-11-22T09:30:00.000Z"
        );
        assert_eq!(read::<Option<Timestamp>>(json!(null)), Ok(None));
        for (value, message) in [
            (json!(5), "Expected type: 'string' for field 'field', got: '5'"),
            (json!("soon"), "Invalid value for field 'field': not a date and time such as 2026-11-22T09:30:00Z"),
            (json!(""), "Invalid value for field 'field': not a date and time such as 2026-11-22T09:30:00Z"),
        ] {
            assert_eq!(read::<Timestamp>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn metadata_is_an_object_within_bounds() {
        assert_eq!(read::<Option<Metadata>>(json!(null)), Ok(None));
        assert_eq!(read::<Metadata>(json!({})), Ok(Metadata::default()));
        for (value, message) in [
            (json!("x"), "Expected type: 'record' for field 'field', got: 'x'"),
            (json!(""), "Expected type: 'record' for field 'field', got: ''"),
            (json!(true), "Expected type: 'record' for field 'field', got: 'true'"),
            (json!([]), "Expected type: 'record' for field 'field', got: ''"),
            (json!(["a"]), "Expected type: 'record' for field 'field', got: 'a'"),
            (json!(null), "Expected type: 'record' for field 'field', got: 'null'"),
            (json!({"a": "x".repeat(65_536)}), "Invalid value for field 'field': metadata is larger than 64 KiB"),
        ] {
            assert_eq!(read::<Metadata>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn metadata_is_kept_cleared_or_merged() {
        let absent = MetadataPatch::absent(Position::field("field"), &mut Report::default());
        assert_eq!(absent, Some(MetadataPatch::Keep));
        assert_eq!(read::<MetadataPatch>(json!(null)), Ok(MetadataPatch::Clear));
        assert!(matches!(read::<MetadataPatch>(json!({"a": ""})), Ok(MetadataPatch::Merge(_))));
        assert!(read::<MetadataPatch>(json!([])).is_err());
    }
}
