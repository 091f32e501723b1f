//! What a key is. The reference has publishable keys as well, which tell its shops apart: they are no secret, open no
//! door of users and sign-ins, and are not made here.

use serde_json::Value as Json;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::request::kind::{Kind, Place};
use crate::request::{InvalidRequest, Parameter, Query, Report};

/// `secret`, the one kind that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SecretKind;

impl Kind for SecretKind {
    fn read(value: Json, place: Place<'_>, report: &mut Report) -> Option<Self> {
        match value.as_str() {
            Some("secret") => Some(Self),
            got => {
                let got = got.map_or_else(|| value.to_string(), str::to_owned);
                report.add(format!("Expected: 'secret' for field '{place}', but got: '{}'", shortened(&got)));
                None
            }
        }
    }

    fn schema() -> Schema {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["secret"])).into()
    }
}

/// Reads the parameter `type` of a list. Tells whether keys of that kind are meant that there can be.
pub(super) fn is_meant(query: &mut Query) -> Result<bool, InvalidRequest> {
    match query.remove("type") {
        None => Ok(true),
        Some(Parameter::Text(text)) if text == "secret" => Ok(true),
        Some(Parameter::Text(text)) if text == "publishable" => Ok(false),
        Some(other) => Err(InvalidRequest::new(format!(
            "Expected: 'publishable, secret' for field 'type', but got: '{}'",
            shortened(&other.to_string())
        ))),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}
