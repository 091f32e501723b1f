//! `#[describe(…)]`

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, Result, ReturnType, Token, Visibility, parenthesized};

pub(crate) fn describe(operation: &TokenStream, handler: TokenStream) -> Result<TokenStream> {
    let Handler { documentation, visibility, name, sends } = read.parse2(handler.clone())?;
    Ok(quote! {
        #handler

        #[expect(non_camel_case_types, reason = "it has the name of the handler")]
        #visibility enum #name {}

        impl crate::openapi::Described for #name {
            fn describe() -> crate::openapi::Operation {
                use crate::openapi::operation;
                #operation.documented(#documentation).sends::<#sends>()
            }
        }
    })
}

struct Handler {
    documentation: String,
    visibility: Visibility,
    name: Ident,
    sends: TokenStream,
}

fn read(input: ParseStream) -> Result<Handler> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse()?;
    input.parse::<Token![async]>()?;
    input.parse::<Token![fn]>()?;
    let name: Ident = input.parse()?;
    let parameters;
    parenthesized!(parameters in input);
    parameters.parse::<TokenStream>()?;
    let ReturnType::Type(_, sends) = input.parse()? else {
        return Err(syn::Error::new(name.span(), "a described handler returns what it sends"));
    };
    input.parse::<TokenStream>()?;
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    Ok(Handler { documentation: lines.join("\n"), visibility, name, sends: quote!(#sends) })
}

/// Returns the line of a doc comment.
fn line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    }
}
