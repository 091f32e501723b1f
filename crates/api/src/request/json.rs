//! Parses a body as strict JSON: what two parsers could understand differently is refused.
//!
//! That are duplicate keys, invalid UTF-8, lone surrogates, numbers that no double holds, nesting of more than 127 levels
//! (all of which the reference accepts or fails on), and NUL, which PostgreSQL cannot store.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::report::shortened;
use super::{InvalidRequest, content_type};

/// A JSON object that remembers the order of its keys.
#[derive(Debug, Default)]
pub struct Object {
    values: Map<String, Json>,
    order: Vec<String>,
}

impl Object {
    /// Removes and returns the value of `key`.
    pub fn take(&mut self, key: &str) -> Option<Json> {
        self.values.remove(key)
    }

    /// Returns the keys that were not taken, in the order sent.
    pub fn rest(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str).filter(|key| self.values.contains_key(*key))
    }
}

impl From<Object> for Map<String, Json> {
    fn from(object: Object) -> Self {
        object.values
    }
}

/// The content of a body.
#[derive(Debug)]
pub enum Document {
    /// An object; also an empty body.
    Object(Object),
    /// Any other JSON.
    Other(Json),
}

impl From<Document> for Json {
    fn from(document: Document) -> Self {
        match document {
            Document::Object(object) => Self::Object(object.values),
            Document::Other(value) => value,
        }
    }
}

/// Parses a body. An empty one is an empty object, whatever its content type.
///
/// # Errors
///
/// [`InvalidRequest`] for another content type than JSON, and for what is not strict JSON, with the line and the column.
pub fn read(bytes: &[u8], content_type: Option<&str>) -> Result<Document, InvalidRequest> {
    if bytes.is_empty() {
        return Ok(Document::Object(Object::default()));
    }
    content_type::check(content_type)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        InvalidRequest::new(format!("The body is not UTF-8: see the byte at position {}", error.valid_up_to()))
    })?;
    // RFC 8259 8.1 allows a parser to ignore a byte order mark; the reference does.
    serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
        .map_err(|error| InvalidRequest::new(format!("The body cannot be read as JSON: {error}")))
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Strict)
    }
}

struct Strict;

impl<'de> Visitor<'de> for Strict {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Document, E> {
        Ok(Document::Other(Json::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Document, E> {
        Ok(Document::Other(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Document, E> {
        Ok(Document::Other(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Document, E> {
        Ok(Document::Other(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Document, E> {
        Ok(Document::Other(value.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Document, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Document, E> {
        if text.contains('\0') {
            Err(E::custom("a text has a NUL character"))
        } else {
            Ok(Document::Other(text.into()))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Document, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Document>()? {
            list.push(item.into());
        }
        Ok(Document::Other(Json::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Document, A::Error> {
        let mut object = Object::default();
        while let Some(key) = entries.next_key::<String>()? {
            if key.contains('\0') {
                return Err(A::Error::custom("a key has a NUL character"));
            }
            if object.values.contains_key(&key) {
                return Err(A::Error::custom(format!("the key '{}' is there twice", shortened(&key, 100))));
            }
            object.order.push(key.clone());
            object.values.insert(key, entries.next_value::<Document>()?.into());
        }
        Ok(Document::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(bytes: impl AsRef<[u8]>) -> Result<Json, String> {
        read(bytes.as_ref(), Some("application/json")).map(Json::from).map_err(|error| error.to_string())
    }

    #[test]
    fn json_is_read() {
        assert_eq!(value("\u{feff}{}").unwrap(), json!({}));
        assert_eq!(
            value(r#" {"a": [1, -2, 1.5, null, true, "é\u00e9\ud83d\ude00"], "b": {"c": {}}} "#).unwrap(),
            json!({"a": [1, -2, 1.5, null, true, "éé😀"], "b": {"c": {}}})
        );
        assert_eq!(value("5").unwrap(), json!(5));
    }

    #[test]
    fn no_content_is_an_empty_object() {
        for content_type in [None, Some("text/plain"), Some("application/json")] {
            assert_eq!(Json::from(read(b"", content_type).unwrap()), json!({}));
        }
        assert!(read(b"{}", None).is_err());
    }

    #[test]
    fn keys_keep_their_order() {
        let Document::Object(mut object) = read(br#"{"b":1,"a":2,"c":3}"#, Some("application/json")).unwrap() else {
            panic!("an object is due")
        };
        assert_eq!(object.take("a"), Some(json!(2)));
        assert_eq!(object.rest().collect::<Vec<_>>(), ["b", "c"]);
    }

    /// security.md 29
    #[test]
    fn non_strict_json_is_refused_with_the_reason() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        for (body, part) in [
            (" ", "EOF while parsing a value at line 1 column 1"),
            ("{", "EOF while parsing an object at line 1 column 1"),
            ("{'email':1}", "key must be a string at line 1 column 2"),
            (r#"{"email":"a@x.test",}"#, "trailing comma at line 1 column 21"),
            (r#"{"email":"a@x.test"} x"#, "trailing characters at line 1 column 22"),
            ("{\"email\":\"a\n\"}", "control character"),
            (r#"{"email":"\x"}"#, "invalid escape at line 1 column 12"),
            (r#"{"email":01}"#, "invalid number at line 1 column 11"),
            ("NaN", "expected value at line 1 column 1"),
            (r#"{"a":1,"a":2}"#, "the key 'a' is there twice at line 1 column 10"),
            (r#"{"metadata":{"é":1,"\u00e9":2}}"#, "the key 'é' is there twice"),
            (r#"{"a":"x\u0000"}"#, "a text has a NUL character at line 1 column"),
            (r#"{"a":[{"\u0000":1}]}"#, "a key has a NUL character"),
            (r#"{"a":"\ud800"}"#, "hex escape at line 1 column 13"),
            (r#"{"a":"\udc00x"}"#, "lone leading surrogate in hex escape"),
            (r#"{"a":"\ud800\u0041"}"#, "lone leading surrogate in hex escape"),
            (r#"{"a":1e400}"#, "number out of range at line 1 column"),
            (&nested(128), "recursion limit exceeded at line 1 column 128"),
            (&nested(10_000), "recursion limit exceeded"),
        ] {
            let message = value(body).unwrap_err();
            assert!(message.starts_with("Invalid request: The body cannot be read as JSON: "), "{message}");
            assert!(message.contains(part), "{body:.40}: {message}");
        }
        assert!(value(nested(127)).is_ok());
        assert_eq!(
            value(b"{\"a\":\"\xc3@\"}").unwrap_err(),
            "Invalid request: The body is not UTF-8: see the byte at position 6"
        );
    }
}
