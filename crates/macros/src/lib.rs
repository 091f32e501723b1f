//! Derive macros of Vestibule. Programs use them through the crates of the traits: `vestibule_core::DomainError` and
//! `vestibule_database::FromRow`.

mod domain_error;
mod fields;
mod from_row;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives `vestibule_core::DomainError` for an error enum or struct.
///
/// `#[kind(NotFound)]` on a variant (or on the struct) gives its `ErrorKind`, `#[kind(NotFound, code = "user_gone")]` its
/// code as well. A variant without the attribute has exactly one field, and takes kind, code and time to wait from it.
///
/// The time to wait of a variant is that of its field `retry_after: Duration`, or `#[kind(…, retry_after = EXPRESSION)]`.
#[proc_macro_derive(DomainError, attributes(kind))]
pub fn domain_error(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    domain_error::derive(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Derives `vestibule_database::FromRow` for a struct: each field is read from the column of its name, an `Option` from one
/// that may be empty.
///
/// - `#[row(column = "name")]` reads another column;
/// - `#[row(default)]` takes the type's default where the column is empty;
/// - `#[row(with = FUNCTION)]` converts what was read, by a function from the column's type to the field's;
/// - `#[row(flatten)]` reads a field that is itself `FromRow` from the same row;
/// - `#[row(skip)]` reads nothing and takes the type's default.
///
/// `#[row(columns = NAME)]` on the struct also defines `NAME!()`, the names of its columns as a literal for `concat!`, in the
/// order of the fields.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    from_row::derive(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}
