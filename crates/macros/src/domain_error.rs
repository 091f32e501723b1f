//! `#[derive(DomainError)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, Ident, LitStr, Member, Result, Token};

use crate::fields;

/// The content of `#[kind(…)]`.
struct Kind {
    name: Ident,
    code: Option<LitStr>,
    retry_after: Option<Expr>,
    /// The name or the position of a field.
    detail: Option<Member>,
}

impl Parse for Kind {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut kind = Self { name: input.parse()?, code: None, retry_after: None, detail: None };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match name.to_string().as_str() {
                "code" => kind.code = Some(input.parse()?),
                "retry_after" => kind.retry_after = Some(input.parse()?),
                "detail" => kind.detail = Some(input.parse()?),
                _ => return Err(Error::new(name.span(), "expected `code`, `retry_after` or `detail`")),
            }
        }
        Ok(kind)
    }
}

/// The match arms of the four methods for a variant, or for the struct.
struct Arms {
    kind: TokenStream,
    code: TokenStream,
    retry_after: TokenStream,
    detail: TokenStream,
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
    let details = arms.iter().map(|arms| &arms.detail);
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

            fn detail(&self) -> ::core::option::Option<::vestibule_core::ErrorDetail> {
                match self { #(#details)* }
            }
        }
    })
}

fn arms(name: &Ident, path: &TokenStream, fields: &Fields, attributes: &[Attribute]) -> Result<Arms> {
    let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("kind")) else {
        return inner(name, path, fields);
    };
    let Kind { name: kind, code, retry_after, detail } = attribute.parse_args()?;
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
    let detail = match detail {
        Some(member) => {
            let position =
                fields::member(fields, &member).ok_or_else(|| Error::new_spanned(&member, "there is no such field"))?;
            let field = fields::only(fields, position);
            quote!(#path #field => ::core::option::Option::Some(::std::sync::Arc::new(::core::clone::Clone::clone(field))),)
        }
        None => quote!(#path #any => ::core::option::Option::None,),
    };
    Ok(Arms {
        detail,
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
    Ok(Arms {
        kind: call(quote!(kind)),
        code: call(quote!(code)),
        retry_after: call(quote!(retry_after)),
        detail: call(quote!(detail)),
    })
}
