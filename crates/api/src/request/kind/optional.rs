//! Fields that may be absent.

use serde_json::Value as Json;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use vestibule_core::Patch;

use super::{Kind, Position};
use crate::request::Report;

/// Absent and null are both `None`.
impl<T: Kind> Kind for Option<T> {
    const REQUIRED: bool = false;

    fn absent(_: Position<'_>, _: &mut Report) -> Option<Self> {
        Some(None)
    }

    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value, position, report).map(Some) }
    }

    fn schema() -> Schema {
        nullable(T::schema())
    }
}

/// Absent, or a `T`; null is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNull<T>(pub Option<T>);

impl<T: Kind> Kind for NotNull<T> {
    const REQUIRED: bool = false;

    fn absent(_: Position<'_>, _: &mut Report) -> Option<Self> {
        Some(Self(None))
    }

    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        T::read(value, position, report).map(|value| Self(Some(value)))
    }

    fn schema() -> Schema {
        T::schema()
    }
}

/// Absent keeps the value, null clears it, anything else sets it.
impl<T: Kind> Kind for Patch<T> {
    const REQUIRED: bool = false;

    fn absent(_: Position<'_>, _: &mut Report) -> Option<Self> {
        Some(Self::Keep)
    }

    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        if value.is_null() { Some(Self::Clear) } else { T::read(value, position, report).map(Self::Set) }
    }

    fn schema() -> Schema {
        nullable(T::schema())
    }
}

/// Returns the schema with null as a further value.
pub(crate) fn nullable(mut schema: Schema) -> Schema {
    let schema_type = match &mut schema {
        Schema::Object(object) => &mut object.schema_type,
        Schema::Array(array) => &mut array.schema_type,
        _ => return schema,
    };
    if let SchemaType::Type(single) = schema_type {
        *schema_type = SchemaType::Array(vec![single.clone(), Type::Null]);
    }
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    fn absent<K: Kind>() -> Option<K> {
        K::absent(Position::field("field"), &mut Report::default())
    }

    #[test]
    fn absence_and_null_depend_on_the_kind() {
        assert_eq!(absent::<String>(), None);
        assert_eq!(absent::<Option<String>>(), Some(None));
        assert_eq!(absent::<NotNull<String>>(), Some(NotNull(None)));
        assert_eq!(absent::<Patch<String>>(), Some(Patch::Keep));

        let refused = Err("Expected type: 'string' for field 'field', got: 'null'".to_owned());
        assert_eq!(read::<String>(json!(null)), refused);
        assert_eq!(read::<NotNull<String>>(json!(null)), refused.map(|_: String| NotNull(None)));
        assert_eq!(read::<Option<String>>(json!(null)), Ok(None));
        assert_eq!(read::<Patch<String>>(json!(null)), Ok(Patch::Clear));

        assert_eq!(read::<Option<String>>(json!("")), Ok(Some(String::new())));
        assert_eq!(read::<NotNull<bool>>(json!(true)), Ok(NotNull(Some(true))));
        assert_eq!(read::<Patch<String>>(json!("x")), Ok(Patch::Set("x".to_owned())));
        assert!(read::<Patch<String>>(json!(5)).is_err());
    }
}
