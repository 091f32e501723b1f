//! Macros of Vestibule. Use the derives through the crates of their traits: `vestibule_core::DomainError` and
//! `vestibule_database::FromRow`.

mod describe;
mod domain_error;
mod fields;
mod from_row;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives `vestibule_core::DomainError` for an error enum or struct.
///
/// `#[kind(NotFound)]` on a variant (or on the struct) sets its `ErrorKind`, `#[kind(NotFound, code = "user_gone")]`
/// also its code. A variant without the attribute must have exactly one field, and takes kind, code, time to wait
/// and detail from it.
///
/// The time to wait is the variant's field `retry_after: Duration`, or `#[kind(…, retry_after = EXPRESSION)]`.
/// `#[kind(…, detail = FIELD)]` gives a copy of a field to callers that write the error's text themselves; `detail = 0` that of
/// a variant whose fields have no names.
#[proc_macro_derive(DomainError, attributes(kind))]
pub fn domain_error(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    domain_error::derive(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Derives `vestibule_database::FromRow` for a struct: each field is read from the column of its name, an `Option` from
/// a nullable one.
///
/// - `#[row(column = "name")]` reads another column;
/// - `#[row(default)]` uses the type's default for NULL;
/// - `#[row(with = FUNCTION)]` converts the value by a function from the column's type to the field's;
/// - `#[row(flatten)]` reads a field that is itself `FromRow` from the same row;
/// - `#[row(skip)]` reads nothing and uses the type's default.
///
/// `#[row(columns = NAME)]` on the struct also defines `NAME!()`: the names of its columns as a literal for `concat!`,
/// in the order of the fields.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    from_row::derive(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Describes a handler of the JSON API for its OpenAPI document: `#[describe(operation("list_users", "users"))]`. The
/// expression states what the table of routes and the handler's signature do not; summary and response are the handler's
/// documentation and return type.
///
/// Generates a type of the handler's name that implements `crate::openapi::Described`, by which the table of routes finds
/// the description of each handler.
#[proc_macro_attribute]
pub fn describe(operation: TokenStream, handler: TokenStream) -> TokenStream {
    describe::describe(&operation.into(), handler.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
