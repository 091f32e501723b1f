//! A value of a column or a filter, in the types that both databases share.

use serde_json::Value as Json;

use crate::{Metadata, Timestamp};

/// A value bound to a statement, read from a row, or compared by a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A missing value.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text without NUL (PostgreSQL cannot store one).
    Text(String),
    /// A point in time.
    Time(Timestamp),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A JSON document.
    Json(Json),
}

/// A value has another type than the requested one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct WrongType {
    /// The expected type, with its article.
    pub expected: &'static str,
}

macro_rules! from {
    ($($type:ty => |$name:ident| $value:expr),* $(,)?) => {
        $(impl From<$type> for Value {
            fn from($name: $type) -> Self {
                $value
            }
        })*
    };
}

from! {
    bool => |value| Value::Bool(value),
    i64 => |value| Value::Int(value),
    i32 => |value| Value::Int(i64::from(value)),
    u32 => |value| Value::Int(i64::from(value)),
    &str => |value| Value::Text(value.to_owned()),
    String => |value| Value::Text(value),
    &String => |value| Value::Text(value.clone()),
    Timestamp => |value| Value::Time(value),
    Vec<u8> => |value| Value::Bytes(value),
    &[u8] => |value| Value::Bytes(value.to_vec()),
    Json => |value| Value::Json(value),
    Metadata => |value| Value::Json(Json::Object(value.into())),
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Clone + Into<Value>> From<&Option<T>> for Value {
    fn from(value: &Option<T>) -> Self {
        value.clone().into()
    }
}

macro_rules! try_into {
    ($($type:ty, $expected:literal, $($pattern:pat => $result:expr),+;)*) => {
        $(impl TryFrom<Value> for $type {
            type Error = WrongType;
            fn try_from(value: Value) -> Result<Self, WrongType> {
                match value {
                    $($pattern => Ok($result),)+
                    _ => Err(WrongType { expected: $expected }),
                }
            }
        })*
    };
}

// SQLite has no booleans and no times: it stores both as whole numbers.
try_into! {
    bool, "a boolean", Value::Bool(value) => value, Value::Int(value) => value != 0;
    i64, "a whole number", Value::Int(value) => value;
    u64, "a whole number that is not negative", Value::Int(value @ 0..) => value.unsigned_abs();
    String, "text", Value::Text(value) => value;
    Timestamp, "a time", Value::Time(value) => value, Value::Int(value) => Timestamp::from_microseconds(value);
    Vec<u8>, "bytes", Value::Bytes(value) => value;
}

// SQLite stores JSON as text.
impl TryFrom<Value> for Json {
    type Error = WrongType;
    fn try_from(value: Value) -> Result<Self, WrongType> {
        match value {
            Value::Json(json) => Ok(json),
            Value::Text(text) => serde_json::from_str(&text).map_err(|_| WrongType { expected: "JSON" }),
            _ => Err(WrongType { expected: "JSON" }),
        }
    }
}

impl TryFrom<Value> for Metadata {
    type Error = WrongType;
    fn try_from(value: Value) -> Result<Self, WrongType> {
        match Json::try_from(value)? {
            Json::Object(map) => Ok(Self::from_stored(map)),
            _ => Err(WrongType { expected: "a JSON object" }),
        }
    }
}
