//! Where a list continues: the place of a row in the order of the list, so that the next page begins there whatever came and
//! went in between, and costs the same as the first.
//!
//! On the wire it is base64 of JSON: the order, the row's values of those fields, its id. It is not secret: a caller who may sort
//! by a field may read it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use crate::{Direction, Field, FieldKind, Timestamp, Value};

/// The place of a row in an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    values: Vec<Value>,
    id: String,
}

/// Why a text is no cursor of a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCursor {
    /// It was not made by a list.
    #[error("expected the 'next' of an earlier page, or nothing for the first page")]
    Malformed,
    /// It is a place in another order.
    #[error("this 'next' belongs to the order '{order}'; repeat that order, or begin with the first page")]
    OtherOrder {
        /// The order to which it belongs, as on the wire.
        order: String,
    },
}

impl Cursor {
    /// The place of the row with this id and these values of the fields by which the list is sorted.
    pub fn new(values: Vec<Value>, id: impl Into<String>) -> Self {
        Self { values, id: id.into() }
    }

    /// The row's values of the fields by which the list is sorted.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The row's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Writes it for the wire.
    pub fn write<F: Field>(&self, order: &[(F, Direction)]) -> String {
        let values: Vec<Json> = self.values.iter().map(written).collect();
        URL_SAFE_NO_PAD.encode(json!([order_text(order), values, self.id]).to_string())
    }

    /// Reads what [`write`](Self::write) wrote for the same order.
    ///
    /// # Errors
    ///
    /// [`InvalidCursor`].
    pub fn read<F: Field>(text: &str, order: &[(F, Direction)]) -> Result<Self, InvalidCursor> {
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor::Malformed)?;
        let (of, values, id): (String, Vec<Json>, String) =
            serde_json::from_slice(&json).map_err(|_| InvalidCursor::Malformed)?;
        let order: Vec<(F, Direction)> = sorted_by(order).collect();
        let order = order.as_slice();
        if of != order_text(order) {
            // Only an order's own characters are repeated in a message.
            let is_order = of.len() <= 200 && of.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_' | b'-' | b','));
            return Err(if is_order { InvalidCursor::OtherOrder { order: of } } else { InvalidCursor::Malformed });
        }
        let has_nul = |text: &str| text.contains('\0');
        if values.len() != order.len() || has_nul(&id) {
            return Err(InvalidCursor::Malformed);
        }
        let values = values.into_iter().zip(order).map(|(value, (field, _))| match read(value, field.kind()) {
            Some(Value::Text(text)) if has_nul(&text) => None,
            value => value,
        });
        Ok(Self { values: values.collect::<Option<_>>().ok_or(InvalidCursor::Malformed)?, id })
    }
}

/// The fields that a list is really sorted by.
fn sorted_by<F: Field>(order: &[(F, Direction)]) -> impl Iterator<Item = (F, Direction)> {
    order.iter().copied().filter(|(field, _)| field.is_comparable())
}

/// The order as on the wire: `first_name,-created_at`.
fn order_text<F: Field>(order: &[(F, Direction)]) -> String {
    let names: Vec<String> = sorted_by(order)
        .map(|(field, direction)| match direction {
            Direction::Ascending => field.name().to_owned(),
            Direction::Descending => format!("-{}", field.name()),
        })
        .collect();
    names.join(",")
}

/// Times are microseconds since 1970: the form in which SQLite stores them, and nothing is lost.
fn written(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Time(value) => json!(value.as_microseconds()),
        // Lists cannot be sorted by these.
        Value::Null | Value::Bytes(_) | Value::Json(_) => Json::Null,
    }
}

/// The value of a field of this kind; `None` if it cannot be one. SQLite has no booleans: they are 0 and 1 there.
fn read(json: Json, kind: FieldKind) -> Option<Value> {
    Some(match (kind, json) {
        (_, Json::Null) => Value::Null,
        (FieldKind::Text | FieldKind::Email, Json::String(text)) => Value::Text(text),
        (FieldKind::Time, Json::Number(number)) => Value::Time(Timestamp::from_microseconds(number.as_i64()?)),
        (FieldKind::Bool, Json::Bool(value)) => Value::Bool(value),
        (FieldKind::Bool, Json::Number(number)) => Value::Bool(number.as_i64()? != 0),
        (FieldKind::Int, Json::Number(number)) => Value::Int(number.as_i64()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::fields!(
        /// Fields for these tests.
        #[expect(unreachable_pub, reason = "the macro's types are public")]
        Sample { Id: "id" as Text, Name: "name" as Text, At: "at" as Time, Seen: "seen" as Bool, Tries: "tries" as Int }
    );

    use Direction::{Ascending, Descending};

    #[test]
    fn what_is_written_is_read_again() {
        let order = [
            (Sample::Name, Ascending),
            (Sample::At, Descending),
            (Sample::Seen, Ascending),
            (Sample::Tries, Ascending),
        ];
        let at = Timestamp::from_microseconds(1_700_000_000_123_456);
        for values in [
            vec![Value::from("Zoë \u{1F600}"), at.into(), true.into(), Value::Int(-3)],
            vec![Value::Null, Value::Null, Value::Null, Value::Null],
        ] {
            let cursor = Cursor::new(values, "id_1");
            assert_eq!(Cursor::read(&cursor.write(&order), &order), Ok(cursor));
        }
        let as_stored = Cursor::new(vec![Value::Int(at.as_microseconds())], "id_1").write(&[(Sample::At, Ascending)]);
        let read = Cursor::read(&as_stored, &[(Sample::At, Ascending)]).unwrap();
        assert_eq!(read.values(), [Value::Time(at)], "SQLite stores times as numbers");
    }

    #[test]
    fn a_cursor_of_another_order_says_which() {
        let cursor = Cursor::new(vec![Value::from("A")], "id_1").write(&[(Sample::Name, Descending)]);
        let error = Cursor::read(&cursor, &[(Sample::Name, Ascending)]).unwrap_err();
        assert_eq!(error, InvalidCursor::OtherOrder { order: "-name".to_owned() });
        assert_eq!(Cursor::read::<Sample>(&cursor, &[]), Err(error));
    }

    #[test]
    fn anything_else_is_refused() {
        let by_time = [(Sample::At, Ascending)];
        for json in [
            "",
            "{}",
            "[]",
            "[\"at\"]",
            "[\"at\",[],\"id\"]",
            "[\"at\",[1,2],\"id\"]",
            "[\"at\",[\"1\"],\"id\"]",
            "[\"at\",[1.5],\"id\"]",
            "[\"at\",[1],2]",
            "[\"at\",[1],\"\\u0000\"]",
            "[\"<b>\",[1],\"id\"]",
            "[\"at\",[true],\"id\"]",
            "[\"at\",[[]],\"id\"]",
        ] {
            let text = URL_SAFE_NO_PAD.encode(json);
            assert_eq!(Cursor::read(&text, &by_time), Err(InvalidCursor::Malformed), "{json}");
        }
        for text in ["user_1", "0", "=", "\u{e9}", "%00"] {
            assert_eq!(Cursor::read(text, &by_time), Err(InvalidCursor::Malformed), "{text}");
        }
        let with_nul = URL_SAFE_NO_PAD.encode("[\"name\",[\"a\\u0000\"],\"id\"]");
        assert_eq!(Cursor::read(&with_nul, &[(Sample::Name, Ascending)]), Err(InvalidCursor::Malformed));
    }
}
