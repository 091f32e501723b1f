//! Lists.

use serde_json::Value as Json;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Schema};

use super::{Kind, Position};
use crate::request::Report;

/// The longest list: each item may become a row or a bound value.
const LONGEST: usize = 1_000;

/// A list of at least one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty<T>(Vec<T>);

impl<T> From<NonEmpty<T>> for Vec<T> {
    fn from(list: NonEmpty<T>) -> Self {
        list.0
    }
}

fn read<T: Kind>(value: Json, min: usize, position: Position<'_>, report: &mut Report) -> Option<Vec<T>> {
    let items = match value {
        Json::Array(items) => items,
        value => {
            position.mismatch("array", &value, report);
            // As in the reference, an empty text is also reported as too short a list.
            if min > 0 && value == "" {
                report.too_small(position, min);
            }
            return None;
        }
    };
    if items.len() < min {
        report.too_small(position, min);
        return None;
    }
    if items.len() > LONGEST {
        report.too_big(position, LONGEST);
        return None;
    }
    let mut list = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        list.push(T::read(item, position.item(index), report));
    }
    list.into_iter().collect()
}

fn schema<T: Kind>(min: Option<usize>) -> Schema {
    ArrayBuilder::new().items(RefOr::T(T::schema())).min_items(min).max_items(Some(LONGEST)).into()
}

impl<T: Kind> Kind for Vec<T> {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        read(value, 0, position, report)
    }

    fn schema() -> Schema {
        schema::<T>(None)
    }
}

impl<T: Kind> Kind for NonEmpty<T> {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        read(value, 1, position, report).map(Self)
    }

    fn schema() -> Schema {
        schema::<T>(Some(1))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    #[test]
    fn items_of_another_type_are_required() {
        assert_eq!(read::<Vec<String>>(json!(["a", "b"])).unwrap(), ["a", "b"]);
        assert_eq!(read::<Vec<String>>(json!([])).unwrap(), [""; 0]);
        for (value, message) in [
            (json!([1]), "Field 'field, 0' is required"),
            (
                json!([1, "a", null, {}]),
                "Field 'field, 0' is required; Field 'field, 2' is required; Field 'field, 3' is required",
            ),
            (json!("x"), "Expected type: 'array' for field 'field', got: 'x'"),
            (json!(5), "Expected type: 'array' for field 'field', got: '5'"),
            (json!({}), "Expected type: 'array' for field 'field', got: '[object Object]'"),
            (json!(null), "Expected type: 'array' for field 'field', got: 'null'"),
            (json!(["x".repeat(1_025)]), "Value for field 'field, 0' too big, expected at most: '1024 characters'"),
            (json!(vec![0; 1_001]), "Value for field 'field' too big, expected at most: '1000'"),
        ] {
            assert_eq!(read::<Vec<String>>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn non_empty_refuses_an_empty_list() {
        assert_eq!(Vec::from(read::<NonEmpty<String>>(json!(["a"])).unwrap()), ["a"]);
        let small = "Value for field 'field' too small, expected at least: '1'";
        assert_eq!(read::<NonEmpty<String>>(json!([])).unwrap_err(), small);
        let message = format!("Expected type: 'array' for field 'field', got: ''; {small}");
        assert_eq!(read::<NonEmpty<String>>(json!("")).unwrap_err(), message);
    }
}
