//! Booleans and whole numbers.

use serde_json::Value as Json;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use super::{Kind, Position};
use crate::request::{Report, js_format};

impl Kind for bool {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        let boolean = value.as_bool();
        if boolean.is_none() {
            position.mismatch("boolean", &value, report);
        }
        boolean
    }

    fn schema() -> Schema {
        ObjectBuilder::new().schema_type(Type::Boolean).into()
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Int<MIN, MAX> {
    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> Kind for Int<MIN, MAX> {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        let Some(number) = value.as_f64() else {
            position.mismatch("number", &value, report);
            return None;
        };
        // `1.0` is a whole number in JSON. The cast saturates, so the bounds below refuse what is out of range.
        let whole = value.as_i64().or_else(|| (number.trunc() == number).then_some(number as i64));
        match whole {
            None => report.expected("int", position, &js_format::to_string(&value)),
            Some(whole) if whole < MIN => report.too_small(position, MIN),
            Some(whole) if whole > MAX => report.too_big(position, MAX),
            Some(whole) => return Some(Self(whole)),
        }
        None
    }

    fn schema() -> Schema {
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    #[test]
    fn numbers_are_whole_and_within_bounds() {
        assert_eq!(read::<Int<1, 50>>(json!(50)).unwrap().get(), 50);
        assert_eq!(read::<Int<1, 50>>(json!(3.0)).unwrap().get(), 3);
        for (value, message) in [
            (json!(0), "Value for field 'field' too small, expected at least: '1'"),
            (json!(-1), "Value for field 'field' too small, expected at least: '1'"),
            (json!(51), "Value for field 'field' too big, expected at most: '50'"),
            (json!(u64::MAX), "Value for field 'field' too big, expected at most: '50'"),
            (json!(1e300), "Value for field 'field' too big, expected at most: '50'"),
            (json!(1.5), "Expected type: 'int' for field 'field', got: '1.5'"),
            (json!("3"), "Expected type: 'number' for field 'field', got: '3'"),
            (json!(null), "Expected type: 'number' for field 'field', got: 'null'"),
            (json!(true), "Expected type: 'number' for field 'field', got: 'true'"),
        ] {
            assert_eq!(read::<Int<1, 50>>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn only_json_booleans_are_accepted() {
        assert_eq!(read::<bool>(json!(true)), Ok(true));
        for (value, got) in [(json!("true"), "true"), (json!(1), "1"), (json!(null), "null")] {
            let message = format!("Expected type: 'boolean' for field 'field', got: '{got}'");
            assert_eq!(read::<bool>(value), Err(message));
        }
    }
}
