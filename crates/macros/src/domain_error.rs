//! `#[derive(DomainError)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, Ident, LitStr, Result, Token};

use crate::fields;

/// The content of `#[kind(…)]`.
struct Kind {
    name: Ident,
    code: Option<LitStr>,
    retry_after: Option<Expr>,
}

impl Parse for Kind {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut kind = Self { name: input.parse()?, code: None, retry_after: None };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match name.to_string().as_str() {
                "code" => kind.code = Some(input.parse()?),
                "retry_after" => kind.retry_after = Some(input.parse()?),
                _ => return Err(Error::new(name.span(), "expected `code` or `retry_after`")),
            }
        }
        Ok(kind)
    }
}

/// The match arms of the three methods for a variant, or for the struct.
struct Arms {
    kind: TokenStream,
    code: TokenStream,
    retry_after: TokenStream,
}

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let arms = match &input.data {
        Data::Struct(data) => vec![arms(&input.ident, &quote!(Self), &data.fields, &input.attrs)?],
        Data::Enum(data) => {
            let arms = data.variants.iter().map(|variant| {
                let name = &variant.ident;
                arms(name, &quote!(Self::#name), &variant.fields, &variant.attrs)
            });
            arms.collect::<Result<_>>()?
        }
        Data::Union(_) => return Err(Error::new_spanned(&input.ident, "a union cannot be an error")),
    };
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    let kinds = arms.iter().map(|arms| &arms.kind);
    let codes = arms.iter().map(|arms| &arms.code);
    let times = arms.iter().map(|arms| &arms.retry_after);
    Ok(quote! {
        impl #generics ::vestibule_core::DomainError for #name #arguments #conditions {
            fn kind(&self) -> ::vestibule_core::ErrorKind {
                match self { #(#kinds)* }
            }

            fn code(&self) -> ::core::option::Option<&'static str> {
                match self { #(#codes)* }
            }

            fn retry_after(&self) -> ::core::option::Option<::core::time::Duration> {
                match self { #(#times)* }
            }
        }
    })
}

fn arms(name: &Ident, path: &TokenStream, fields: &Fields, attributes: &[Attribute]) -> Result<Arms> {
    let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("kind")) else {
        return inner(name, path, fields);
    };
    let Kind { name: kind, code, retry_after } = attribute.parse_args()?;
    let any = fields::any(fields);
    let code = match code {
        Some(code) => quote!(::core::option::Option::Some(#code)),
        None => quote!(::core::option::Option::None),
    };
    let retry_after = match (retry_after, fields::position(fields, "retry_after")) {
        (Some(time), _) => quote!(#path #any => ::core::option::Option::Some(#time),),
        (None, Some(position)) => {
            let field = fields::only(fields, position);
            quote!(#path #field => ::core::option::Option::Some(*field),)
        }
        (None, None) => quote!(#path #any => ::core::option::Option::None,),
    };
    Ok(Arms {
        kind: quote!(#path #any => ::vestibule_core::ErrorKind::#kind,),
        code: quote!(#path #any => #code,),
        retry_after,
    })
}

/// A variant without the attribute delegates to its only field.
fn inner(name: &Ident, path: &TokenStream, fields: &Fields) -> Result<Arms> {
    if fields.len() != 1 {
        let message = "write #[kind(…)] to say which kind of error this is, or give it one field, whose kind it takes";
        return Err(Error::new_spanned(name, message));
    }
    let field = fields::only(fields, 0);
    let call =
        |method: TokenStream| quote!(#path #field => { use ::vestibule_core::DomainError as _; field.#method() });
    Ok(Arms { kind: call(quote!(kind)), code: call(quote!(code)), retry_after: call(quote!(retry_after)) })
}
