//! Bodies of requests: JSON objects, without what would be read in two ways, or cannot be stored.

use std::fmt;

use http::HeaderMap;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use crate::error::ScimError;

/// The deepest nesting of a body.
const DEPTH: usize = 16;

/// Reads a body of this content type.
pub(crate) fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Map<String, Json>, ScimError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !["application/scim+json", "application/json"].contains(&kind.as_str()) {
        let detail = "send application/scim+json or application/json";
        return Err(ScimError::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict(DEPTH).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match value {
        Ok(Json::Object(object)) => Ok(object),
        Ok(_) => Err(ScimError::syntax("the body is a JSON object")),
        Err(error) => Err(ScimError::syntax(format!("the body cannot be read: {error}"))),
    }
}

/// Returns an attribute whose name may be written in any case (RFC 7643 2.1).
pub(crate) fn attribute<'a>(object: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// JSON whose objects have each name once, in whatever case, with so many levels at most, and without NUL.
struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Json, E> {
        checked(value).map(Json::from)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let depth = self.0.checked_sub(1).ok_or_else(|| A::Error::custom("it is nested too deeply"))?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict(depth))? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let depth = self.0.checked_sub(1).ok_or_else(|| A::Error::custom("it is nested too deeply"))?;
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<Name>()? {
            let value = entries.next_value_seed(Strict(depth))?;
            if object.keys().any(|known: &String| known.eq_ignore_ascii_case(&name.0)) {
                return Err(A::Error::custom(format!("{:?} is there twice", name.0)));
            }
            object.insert(name.0, value);
        }
        Ok(Json::Object(object))
    }
}

/// The name of an attribute.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        checked(&name).map(|name| Self(name.to_owned()))
    }
}

/// PostgreSQL stores no NUL.
fn checked<E: serde::de::Error>(text: &str) -> Result<&str, E> {
    if text.contains('\0') { Err(E::custom("a text has a NUL character")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Result<Json, String> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json; charset=utf-8"));
        read(&headers, text.as_bytes()).map(Json::Object).map_err(|error| error.detail)
    }

    #[test]
    fn a_name_is_there_once_whatever_its_case() {
        assert_eq!(parse(r#"{"a":[1,-2,1.5,true,null,"x"]}"#), Ok(json!({ "a": [1, -2, 1.5, true, null, "x"] })));
        for wrong in [
            r#"{"a":1,"A":2}"#,
            r#"{"a":"\u0000"}"#,
            r#"{"\u0000":1}"#,
            "[]",
            "",
            "{",
            r#"{"a":1} x"#,
            r#"{"a":"\ud800"}"#,
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&deep(15)).is_ok() && parse(&deep(16)).is_err() && parse(&deep(10_000)).is_err());
    }
}
