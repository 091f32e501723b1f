//! Whole tables, row by row, as JSON that either engine reads back: for moving from one to the other.
//!
//! Times are microseconds since 1970, bytes hexadecimal. Which tables, and what of them is a secret, is said by the modules that own
//! them.

use serde_json::{Map, Value as Json};
use vestibule_core::{Timestamp, Value};

use crate::{Database, Engine, Error, FromRow, Row, Transaction};

/// A table that is moved.
#[derive(Debug, Clone, Copy)]
pub struct Dumped {
    /// What a row is called.
    pub kind: &'static str,
    /// The table.
    pub table: &'static str,
    /// The columns by which rows are unique and sorted: text, or one column of bytes.
    pub key: &'static [&'static str],
    /// All columns, with their types.
    pub columns: &'static [(&'static str, ColumnKind)],
    /// The columns that are moved only where secrets are.
    pub secrets: &'static [&'static str],
    /// Whether a row that is there already is replaced.
    pub replaces: bool,
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A truth.
    Bool,
    /// A time.
    Time,
    /// Bytes.
    Bytes,
    /// JSON.
    Json,
}

/// How many rows are read at once.
const PORTION: u32 = 500;

struct Line(Json);

impl FromRow for Line {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        match row.get::<Value>("record")? {
            Value::Json(json) => Ok(Self(json)),
            Value::Text(text) => serde_json::from_str(&text).map(Self).map_err(Error::other),
            _ => Ok(Self(Json::Null)),
        }
    }
}

impl Dumped {
    /// Reads the rows after `last`, in the order of the key; none after the last.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn read(
        &self,
        database: &Database,
        last: Option<&Map<String, Json>>,
        with_secrets: bool,
    ) -> Result<Vec<Map<String, Json>>, Error> {
        let engine = database.engine();
        let fields: Vec<String> = self
            .columns
            .iter()
            .filter(|(name, _)| with_secrets || !self.secrets.contains(name))
            .map(|(name, kind)| format!("'{name}', {}", expression(engine, name, *kind)))
            .collect();
        let object = if engine == Engine::Postgres { "jsonb_build_object" } else { "json_object" };
        let keys = self.key.join(", ");
        let values: Vec<Value> = match last {
            Some(last) => self.key.iter().map(|name| self.value(name, last.get(*name))).collect(),
            None => Vec::new(),
        };
        let after = if values.is_empty() {
            String::new()
        } else {
            let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
            format!("WHERE ({keys}) > ({})", places.join(", "))
        };
        let text = format!(
            "SELECT {object}({}) AS record FROM {} {after} ORDER BY {keys} LIMIT {PORTION}",
            fields.join(", "),
            self.table
        );
        let rows: Vec<Line> = database.scan(text, &values).await?;
        let object = |line: Line| match line.0 {
            Json::Object(fields) => Some(fields),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(object).collect())
    }

    /// Writes a row; returns whether it was not there before. Columns that it lacks are null.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; the transaction must then be rolled back.
    pub async fn write(&self, transaction: &mut Transaction, row: &Map<String, Json>) -> Result<bool, Error> {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
        let conflict = if self.replaces {
            let sets: Vec<String> = names
                .iter()
                .filter(|name| !self.key.contains(name))
                .map(|name| format!("{name} = excluded.{name}"))
                .collect();
            match sets.is_empty() {
                true => "DO NOTHING".to_owned(),
                false => format!("({}) DO UPDATE SET {}", self.key.join(", "), sets.join(", ")),
            }
        } else {
            format!("({}) DO NOTHING", self.key.join(", "))
        };
        let text = format!(
            "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT {conflict}",
            self.table,
            names.join(", "),
            places.join(", ")
        );
        let values: Vec<Value> = self.columns.iter().map(|(name, _)| self.value(name, row.get(*name))).collect();
        Ok(transaction.execute(text, &values).await? > 0)
    }

    fn value(&self, name: &str, json: Option<&Json>) -> Value {
        let kind = self.columns.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        match (json, kind) {
            (None | Some(Json::Null), _) | (_, None) => Value::Null,
            (Some(json), Some(ColumnKind::Json)) => Value::Json(json.clone()),
            (Some(Json::Bool(value)), _) => Value::Bool(*value),
            (Some(Json::Number(number)), Some(ColumnKind::Time)) => {
                Value::Time(Timestamp::from_microseconds(number.as_i64().unwrap_or_default()))
            }
            (Some(Json::Number(number)), _) => Value::Int(number.as_i64().unwrap_or_default()),
            (Some(Json::String(text)), Some(ColumnKind::Bytes)) => Value::Bytes(bytes(text)),
            (Some(Json::String(text)), _) => Value::Text(text.clone()),
            (Some(_), _) => Value::Null,
        }
    }
}

/// A column's value as it is written.
fn expression(engine: Engine, name: &str, kind: ColumnKind) -> String {
    match (engine, kind) {
        (_, ColumnKind::Text | ColumnKind::Int) => name.to_owned(),
        (Engine::Postgres, ColumnKind::Bool | ColumnKind::Json) => name.to_owned(),
        (Engine::Postgres, ColumnKind::Time) => format!("(extract(epoch FROM {name}) * 1000000)::bigint"),
        (Engine::Postgres, ColumnKind::Bytes) => format!("encode({name}, 'hex')"),
        (Engine::Sqlite, ColumnKind::Time) => name.to_owned(),
        (Engine::Sqlite, ColumnKind::Bool) => {
            format!("json(CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)")
        }
        (Engine::Sqlite, ColumnKind::Json) => format!("json({name})"),
        (Engine::Sqlite, ColumnKind::Bytes) => {
            format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END")
        }
    }
}

/// Bytes in hexadecimal; a digit that is none ends them.
fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().map_while(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect()
}
