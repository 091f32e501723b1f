//! Values on PostgreSQL: its native types, in its binary format.

use std::error::Error as StdError;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use vestibule_core::{Timestamp, Value};

use crate::Error;

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts, in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

type Refused = Box<dyn StdError + Sync + Send>;

/// A value in PostgreSQL's format, of the type that the statement requires.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub(super) &'a Value);

impl Bound<'_> {
    /// The type that the value has by itself; the server infers that of a null.
    pub(super) fn kind(&self) -> Type {
        match self.0 {
            Value::Null => Type::UNKNOWN,
            Value::Bool(_) => Type::BOOL,
            Value::Int(_) => Type::INT8,
            Value::Text(_) => Type::TEXT,
            Value::Time(_) => Type::TIMESTAMPTZ,
            Value::Bytes(_) => Type::BYTEA,
            Value::Json(_) => Type::JSONB,
        }
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
        match (self.0, kind) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Bool(value), &Type::BOOL) => out.put_u8(u8::from(*value)),
            (Value::Int(value), &Type::INT8) => out.put_i64(*value),
            (Value::Int(value), &Type::INT4) => out.put_i32(i32::try_from(*value)?),
            (Value::Time(value), &Type::TIMESTAMPTZ) => out.put_i64(value.as_microseconds() - EPOCH),
            (Value::Text(value), &Type::TEXT | &Type::VARCHAR) => out.put_slice(value.as_bytes()),
            (Value::Bytes(value), &Type::BYTEA) => out.put_slice(value),
            (Value::Json(value), &Type::JSONB) => {
                out.put_u8(1);
                serde_json::to_writer(out.writer(), value)?;
            }
            (value, kind) => return Err(format!("a {} cannot be bound where {kind} is due", name(value)).into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The name of a value's type: the value itself may be a secret.
fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) => "whole number",
        Value::Text(_) => "text",
        Value::Time(_) => "time",
        Value::Bytes(_) => "byte string",
        Value::Json(_) => "JSON document",
    }
}

struct Read(Value);

impl<'a> FromSql<'a> for Read {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Refused> {
        Ok(Self(match *kind {
            Type::BOOL => Value::Bool(bool::from_sql(kind, raw)?),
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::TIMESTAMPTZ => {
                let since = i64::from_be_bytes(raw.try_into()?);
                Value::Time(Timestamp::from_microseconds(since.saturating_add(EPOCH)))
            }
            Type::TEXT | Type::VARCHAR => Value::Text(String::from_sql(kind, raw)?),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            Type::JSONB => Value::Json(serde_json::from_slice(raw.get(1..).unwrap_or_default())?),
            _ => return Err(format!("a column of type {kind} is not read here").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Refused> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Whether the statement has this column.
pub(crate) fn has(row: &tokio_postgres::Row, column: &str) -> bool {
    row.columns().iter().any(|known| known.name() == column)
}

/// The value of a column.
pub(crate) fn value<I: tokio_postgres::row::RowIndex + std::fmt::Display>(
    row: &tokio_postgres::Row,
    column: I,
) -> Result<Value, Error> {
    row.try_get::<_, Read>(column).map(|read| read.0).map_err(Error::other)
}
