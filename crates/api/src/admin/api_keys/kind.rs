//! The kinds of keys: secret and publishable as in Medusa, and those of directories.

use serde_json::Value as Json;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use vestibule_auth::ApiKeyKind;

use crate::openapi::QueryParameter;
use crate::request::kind::{Kind, Position};
use crate::request::{InvalidRequest, Parameter, Query, Report};

/// The kind of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyKind(pub(crate) ApiKeyKind);

impl Kind for KeyKind {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        let found = value.as_str().and_then(ApiKeyKind::find).map(Self);
        if found.is_none() {
            let got = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            report.add(expected(&position.to_string(), &got));
        }
        found
    }

    fn schema() -> Schema {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["secret", "scim", "publishable"])).into()
    }
}

/// The parameter `type` of a list.
pub(super) const PARAMETERS: &[QueryParameter] = &[QueryParameter::text("type", "`secret`, `scim` or `publishable`.")];

/// Reads [`PARAMETERS`].
pub(super) fn read(query: &mut Query) -> Result<Option<ApiKeyKind>, InvalidRequest> {
    let Some(value) = query.remove("type") else { return Ok(None) };
    let found = match &value {
        Parameter::Text(text) => ApiKeyKind::find(text),
        _ => None,
    };
    found.map(Some).ok_or_else(|| InvalidRequest::new(expected("type", &value.to_string())))
}

/// Returns the reference's message.
fn expected(field: &str, got: &str) -> String {
    let got: String = got.chars().take(100).collect();
    format!("Expected: 'publishable, secret' for field '{field}', but got: '{got}'")
}
