//! The kinds of keys: secret, and publishable as Medusa's shops have them.

use serde_json::Value as Json;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use vestibule_auth::ApiKeyKind;

use crate::request::kind::{Kind, Place};
use crate::request::{InvalidRequest, Parameter, Query, Report};

/// The kind of a key to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyKind(pub(crate) ApiKeyKind);

impl Kind for KeyKind {
    fn read(value: Json, place: Place<'_>, report: &mut Report) -> Option<Self> {
        let found = value.as_str().and_then(ApiKeyKind::find).map(Self);
        if found.is_none() {
            let got = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            report.add(expected(&place.to_string(), &got));
        }
        found
    }

    fn schema() -> Schema {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["secret", "publishable"])).into()
    }
}

/// Reads the parameter `type` of a list.
pub(super) fn read(query: &mut Query) -> Result<Option<ApiKeyKind>, InvalidRequest> {
    let Some(asked) = query.remove("type") else { return Ok(None) };
    let found = match &asked {
        Parameter::Text(text) => ApiKeyKind::find(text),
        _ => None,
    };
    found.map(Some).ok_or_else(|| InvalidRequest::new(expected("type", &asked.to_string())))
}

/// In the reference's words.
fn expected(place: &str, got: &str) -> String {
    let got: String = got.chars().take(100).collect();
    format!("Expected: 'publishable, secret' for field '{place}', but got: '{got}'")
}
