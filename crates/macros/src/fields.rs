//! Fields of structs and variants.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, Ident, Member};

/// Returns a pattern that binds only the field at this position, as `field`.
pub(crate) fn only(fields: &Fields, position: usize) -> TokenStream {
    let field = format_ident!("field");
    match fields {
        Fields::Unit => TokenStream::new(),
        Fields::Unnamed(_) => {
            let before = (0..position).map(|_| quote!(_));
            quote!((#(#before,)* #field, ..))
        }
        Fields::Named(named) => match named.named.iter().nth(position).and_then(|found| found.ident.as_ref()) {
            Some(name) => quote!({ #name: #field, .. }),
            None => quote!({ .. }),
        },
    }
}

/// Returns a pattern that binds no field.
pub(crate) fn any(fields: &Fields) -> TokenStream {
    match fields {
        Fields::Unit => TokenStream::new(),
        Fields::Unnamed(_) => quote!((..)),
        Fields::Named(_) => quote!({ .. }),
    }
}

/// Returns the position of the field that is named, or numbered, so.
pub(crate) fn member(fields: &Fields, member: &Member) -> Option<usize> {
    fields.members().position(|field| field == *member)
}

/// Returns the position of the field of this name.
pub(crate) fn position(fields: &Fields, name: &str) -> Option<usize> {
    fields.iter().position(|field| field.ident.as_ref().is_some_and(|found: &Ident| found == name))
}
