//! Schemas of types that are sent as text, for the OpenAPI document. Without the feature `openapi` they have none.

/// Implements `utoipa::ToSchema` for a type that is sent as text: `text_schema!(UserId)`, with a format or an example.
#[cfg(feature = "openapi")]
#[macro_export]
macro_rules! text_schema {
    ($type:ty $(, format = $format:literal)? $(, example = $example:expr)?) => {
        impl $crate::__utoipa::PartialSchema for $type {
            fn schema() -> $crate::__utoipa::openapi::RefOr<$crate::__utoipa::openapi::Schema> {
                use $crate::__utoipa::openapi::schema;
                let schema = schema::ObjectBuilder::new().schema_type(schema::Type::String);
                $(let schema = schema.format(Some(schema::SchemaFormat::Custom($format.to_owned())));)?
                $(let schema = schema.examples([$example]);)?
                schema.into()
            }
        }

        impl $crate::__utoipa::ToSchema for $type {}
    };
}

/// Implements nothing: the feature `openapi` is off.
#[cfg(not(feature = "openapi"))]
#[macro_export]
macro_rules! text_schema {
    ($($any:tt)*) => {};
}
