//! Declares the fields of a route's JSON body, and reads it.
//!
//! ```ignore
//! body! {
//!     /// Invites a user.
//!     pub struct CreateInvite {
//!         /// The address.
//!         email: EmailAddress,
//!         roles: Option<Vec<String>>,
//!         metadata: Option<Metadata>,
//!     }
//! }
//!
//! let invite: CreateInvite = read_body(&bytes, content_type)?;
//! ```
//!
//! generates the struct, its OpenAPI schema, and its reader, which reports every fault with the reference's messages: the
//! fields in the order of the declaration, then unknown ones, in the order sent.

use serde_json::{Map, Value as Json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema};

use super::json::{self, Document, Object};
use super::kind::{Kind, Position};
use super::report::shortened;
use super::{InvalidRequest, Report, js_format};

/// A body declared by `body!`.
pub trait Body: Sized {
    /// Takes its fields; `None` if a fault was reported.
    fn take(fields: &mut Fields) -> Option<Self>;
}

/// The fields of a body while it is read.
#[derive(Debug, Default)]
pub struct Fields {
    object: Object,
    report: Report,
}

impl Fields {
    /// Takes the field of this name; `None` if a fault was reported.
    pub fn take<K: Kind>(&mut self, name: &str) -> Option<K> {
        let position = Position::field(name);
        match self.object.take(name) {
            Some(value) => K::read(value, position, &mut self.report),
            None => K::absent(position, &mut self.report),
        }
    }
}

/// Reads a declared body.
///
/// # Errors
///
/// [`InvalidRequest`] for what is not strict JSON, for fields that are missing, unknown or of another type, and for values
/// out of bounds.
pub fn read_body<B: Body>(bytes: &[u8], content_type: Option<&str>) -> Result<B, InvalidRequest> {
    let object = match json::read(bytes, content_type)? {
        Document::Object(object) => object,
        // The reference's message for a list.
        Document::Other(Json::Array(_)) => return Err(InvalidRequest::new("Field '' is required")),
        Document::Other(value) => return Err(no_object(&value)),
    };
    let mut fields = Fields { object, report: Report::default() };
    let body = B::take(&mut fields);
    fields.report.unrecognized(fields.object.rest());
    fields.report.finish(body)
}

/// Reads a body whose fields the caller of this function checks, such as the provider at `/auth/{actor}/{provider}`. A
/// list has no fields, as in the reference.
///
/// # Errors
///
/// [`InvalidRequest`] for what is not strict JSON.
pub fn read_object(bytes: &[u8], content_type: Option<&str>) -> Result<Map<String, Json>, InvalidRequest> {
    match json::read(bytes, content_type)? {
        Document::Object(object) => Ok(object.into()),
        Document::Other(Json::Array(_)) => Ok(Map::new()),
        Document::Other(value) => Err(no_object(&value)),
    }
}

/// Reads a body that may have these fields, of any type: the caller of this function checks them. A list has no fields, as
/// in the reference.
///
/// # Errors
///
/// [`InvalidRequest`] for what is not strict JSON, and for fields that are not among `known`.
pub fn read_object_of(
    bytes: &[u8],
    content_type: Option<&str>,
    known: &[&str],
) -> Result<Map<String, Json>, InvalidRequest> {
    let object = match json::read(bytes, content_type)? {
        Document::Object(object) => object,
        Document::Other(Json::Array(_)) => return Ok(Map::new()),
        Document::Other(value) => return Err(no_object(&value)),
    };
    let mut report = Report::default();
    report.unrecognized(object.rest().filter(|name| !known.contains(name)));
    report.finish(Some(object.into()))
}

fn no_object(value: &Json) -> InvalidRequest {
    let got = shortened(&js_format::to_string(value), 100);
    InvalidRequest::new(format!("The body must be a JSON object, got: '{got}'"))
}

/// Returns a field's name on the wire: `r#type` is `type`. For `body!`.
pub fn field_name(identifier: &'static str) -> &'static str {
    identifier.strip_prefix("r#").unwrap_or(identifier)
}

/// The schema of a body, built field by field by `body!`.
#[derive(Default)]
pub struct BodySchema(ObjectBuilder);

impl BodySchema {
    /// Starts the schema of a body.
    pub fn new(description: &str) -> Self {
        let unknown = AdditionalProperties::FreeForm(false);
        Self(ObjectBuilder::new().description(described(description)).additional_properties(Some(unknown)))
    }

    /// Starts the schema of a body that may have further fields.
    pub(crate) fn open(description: &str) -> Self {
        Self(ObjectBuilder::new().description(described(description)))
    }

    /// Adds a field.
    #[must_use]
    pub fn field<K: Kind>(self, name: &str, description: &str) -> Self {
        let mut schema = K::schema();
        match &mut schema {
            Schema::Object(object) => object.description = described(description),
            Schema::Array(array) => array.description = described(description),
            _ => {}
        }
        let object = self.0.property(name, schema);
        Self(if K::REQUIRED { object.required(name) } else { object })
    }

    /// Returns the schema.
    pub fn build(self) -> RefOr<Schema> {
        self.0.into()
    }
}

fn described(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    Some(lines.join("\n")).filter(|text| !text.is_empty())
}

/// Declares a body; see the module's documentation.
macro_rules! body {
    (
        $(#[doc = $doc:literal])*
        $visibility:vis struct $name:ident {
            $($(#[doc = $field_doc:literal])* $field:ident: $kind:ty),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        $visibility struct $name {
            $(
                #[doc = ::std::concat!("`", ::std::stringify!($field), "`")]
                $(#[doc = $field_doc])*
                pub $field: $kind,
            )*
        }

        impl $crate::request::body::Body for $name {
            fn take(fields: &mut $crate::request::body::Fields) -> ::std::option::Option<Self> {
                // All fields are read before the first fault ends it, so that every fault is reported.
                $(let $field = fields.take::<$kind>($crate::request::body::field_name(::std::stringify!($field)));)*
                let _ = fields;
                ::std::option::Option::Some(Self { $($field: $field?),* })
            }
        }

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                $crate::request::body::BodySchema::new(::std::concat!($($doc, "\n"),*))
                    $(.field::<$kind>(
                        $crate::request::body::field_name(::std::stringify!($field)),
                        ::std::concat!($($field_doc, "\n"),*),
                    ))*
                    .build()
            }
        }

        impl ::utoipa::ToSchema for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::std::stringify!($name))
            }
        }
    };
}

pub(crate) use body;

#[cfg(test)]
mod tests {
    use serde_json::json;
    use utoipa::{PartialSchema, ToSchema};
    use vestibule_core::{EmailAddress, Metadata, MetadataPatch, Patch};

    use super::*;
    use crate::request::{Int, Name, NotNull, Secret, Url};

    body! {
        /// Invites a user.
        /// By mail.
        struct CreateInvite {
            /// The address.
            email: EmailAddress,
            roles: Option<Vec<String>>,
            metadata: Option<Metadata>,
        }
    }

    body! {
        /// Changes a user.
        struct UpdateUser {
            first_name: Patch<Name>,
            last_name: Patch<Name>,
            avatar_url: Patch<Url>,
            metadata: MetadataPatch,
        }
    }

    body! {
        /// Kinds that the others do not have.
        struct Sample { r#type: String, code: Secret, count: NotNull<Int<1, 50>>, loud: Option<bool> }
    }

    body! {
        /// Nothing.
        struct Nothing {}
    }

    const JSON: Option<&str> = Some("application/json");

    fn wrong<B: Body>(body: &str) -> String {
        read_body::<B>(body.as_bytes(), JSON).err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn a_declared_body_is_read() {
        let invite: CreateInvite =
            read_body(br#"{"metadata": {"a": 1}, "email": "a@x.test", "roles": ["r"]}"#, JSON).unwrap();
        assert_eq!(invite.email.as_str(), "a@x.test");
        assert_eq!(invite.roles, Some(vec!["r".to_owned()]));
        assert_eq!(serde_json::to_value(invite.metadata).unwrap(), json!({"a": 1}));

        let user: UpdateUser = read_body(br#"{"first_name": null, "avatar_url": ""}"#, JSON).unwrap();
        assert_eq!(user.first_name, Patch::Clear);
        assert_eq!(user.last_name, Patch::Keep);
        assert!(matches!(user.avatar_url, Patch::Set(url) if url.as_str().is_empty()));
        assert_eq!(user.metadata, MetadataPatch::Keep);

        let sample: Sample = read_body(br#"{"type": "x", "code": "c", "count": 3}"#, JSON).unwrap();
        assert_eq!((sample.r#type.as_str(), sample.count.0.unwrap().get(), sample.loud), ("x", 3, None));
        assert!(sample.code.as_str() == "c" && !format!("{sample:?}").contains("\"c\""));
        assert!(read_body::<Nothing>(b"", None).is_ok());
    }

    /// notes B1, B2, B6, K, and more requests to the reference
    #[test]
    fn faults_are_reported_with_the_messages_of_the_reference() {
        for (body, message) in [
            ("", "Field 'email' is required"),
            ("{}", "Field 'email' is required"),
            (r#"{"nosuch": 1}"#, "Field 'email' is required; Unrecognized fields: 'nosuch'"),
            (
                r#"{"email": 5, "metadata": "x"}"#,
                "Expected type: 'string' for field 'email', got: '5'; Expected type: 'record' for field 'metadata', got: 'x'",
            ),
            (
                r#"{"email": 5, "nosuch": 1, "other": 2}"#,
                "Expected type: 'string' for field 'email', got: '5'; Unrecognized fields: 'nosuch, other'",
            ),
            (
                r#"{"b": 1, "a": 2, "email": "u@example.com", "metadata": 3}"#,
                "Expected type: 'record' for field 'metadata', got: '3'; Unrecognized fields: 'b, a'",
            ),
            (
                r#"{"roles":[1,"a",null,{}],"z":1,"metadata":"x","email":5}"#,
                "Expected type: 'string' for field 'email', got: '5'; Field 'roles, 0' is required; Field 'roles, 2' is required",
            ),
            (
                r#"{"x":1,"metadata":5,"email":"a@x.test","roles":[1]}"#,
                "Field 'roles, 0' is required; Expected type: 'record' for field 'metadata', got: '5'; Unrecognized fields: 'x'",
            ),
            (
                r#"{"email": "i@example.com", "id": "x", "accepted": true, "token": "x"}"#,
                "Unrecognized fields: 'id, accepted, token'",
            ),
            (r#"{"email": "a@x.test", "__proto__": {"x": 1}}"#, "Unrecognized fields: '__proto__'"),
            ("[]", "Field '' is required"),
            (r#"["email"]"#, "Field '' is required"),
            ("null", "The body must be a JSON object, got: 'null'"),
            (r#""x""#, "The body must be a JSON object, got: 'x'"),
        ] {
            assert_eq!(wrong::<CreateInvite>(body), format!("Invalid request: {message}"), "{body}");
        }
        assert_eq!(
            wrong::<UpdateUser>(r#"{"nosuch": 1, "last_name": 6, "first_name": 5}"#),
            "Invalid request: Expected type: 'string' for field 'first_name', got: '5'; \
             Expected type: 'string' for field 'last_name', got: '6'; Unrecognized fields: 'nosuch'"
        );
        assert_eq!(wrong::<Nothing>(r#"{"a": 1}"#), "Invalid request: Unrecognized fields: 'a'");
        let all = read_body::<Sample>(br#"{"count":0,"loud":1,"x":1}"#, JSON).unwrap_err().messages;
        assert_eq!(all.len(), 5, "three are sent, all are collected: {all:?}");
    }

    #[test]
    fn a_relaxed_body_is_any_object() {
        let read = |body: &str| read_object(body.as_bytes(), JSON).map(Json::from);
        assert_eq!(read(r#"{"email": null, "nosuch": [1]}"#), Ok(json!({"email": null, "nosuch": [1]})));
        assert_eq!(read(""), Ok(json!({})));
        assert_eq!(read("[1]"), Ok(json!({})));
        assert!(read("null").is_err() && read("{").is_err());
        assert!(read_object(b"email=a@x.test&password=x", Some("application/x-www-form-urlencoded")).is_err());
    }

    #[test]
    fn the_schema_matches_the_reader() {
        assert_eq!(CreateInvite::name(), "CreateInvite");
        assert_eq!(
            serde_json::to_value(CreateInvite::schema()).unwrap(),
            json!({
                "type": "object",
                "description": "Invites a user.\nBy mail.",
                "required": ["email"],
                "additionalProperties": false,
                "properties": {
                    "email": { "type": "string", "format": "email", "maxLength": 254, "description": "The address." },
                    "roles": {
                        "type": ["array", "null"],
                        "items": { "type": "string", "maxLength": 1024 },
                        "maxItems": 1000,
                    },
                    "metadata": { "type": ["object", "null"], "additionalProperties": true },
                },
            })
        );
        let sample = serde_json::to_value(Sample::schema()).unwrap();
        assert_eq!(sample["required"], json!(["type", "code"]));
        assert_eq!(sample["properties"]["count"], json!({"type": "integer", "minimum": 1, "maximum": 50}));
    }
}
