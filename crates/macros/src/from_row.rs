//! `#[derive(FromRow)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Path, Result, Type};

/// The content of a field's `#[row(…)]`.
#[derive(Default)]
struct Column {
    name: Option<LitStr>,
    default: bool,
    skip: bool,
    flatten: bool,
    with: Option<Path>,
}

impl Column {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut column = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("row")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("column") {
                    column.name = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("default") {
                    column.default = true;
                } else if meta.path.is_ident("skip") {
                    column.skip = true;
                } else if meta.path.is_ident("flatten") {
                    column.flatten = true;
                } else if meta.path.is_ident("with") {
                    column.with = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error("expected `column`, `default`, `flatten`, `skip` or `with`"));
                }
                Ok(())
            })?;
        }
        Ok(column)
    }

    /// Returns the column's name: the field's, if no other is given.
    fn name(&self, field: &Field) -> Result<LitStr> {
        match (&self.name, &field.ident) {
            (Some(name), _) => Ok(name.clone()),
            (None, Some(name)) => Ok(LitStr::new(&name.to_string(), name.span())),
            (None, None) => Err(Error::new_spanned(field, "write #[row(column = \"…\")]: the field has no name")),
        }
    }

    /// Returns the expression that reads the field.
    fn read(&self, field: &Field) -> Result<TokenStream> {
        if self.skip {
            return Ok(quote!(::core::default::Default::default()));
        }
        if self.flatten {
            return Ok(quote!(::vestibule_database::FromRow::from_row(row)?));
        }
        let name = self.name(field)?;
        let read = if self.default {
            quote!(row.get_optional(#name)?.unwrap_or_default())
        } else if is_option(&field.ty) {
            quote!(row.get_optional(#name)?)
        } else {
            quote!(row.get(#name)?)
        };
        Ok(match &self.with {
            Some(function) => quote!(#function(#read)),
            None => read,
        })
    }
}

fn is_option(kind: &Type) -> bool {
    matches!(kind, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "only a struct can be read from a row"));
    };
    let mut names = Vec::new();
    let mut values = Vec::new();
    for field in &data.fields {
        let column = Column::of(&field.attrs)?;
        if !column.skip && !column.flatten {
            names.push(column.name(field)?.value());
        }
        let value = column.read(field)?;
        values.push(match &field.ident {
            Some(name) => quote!(#name: #value),
            None => value,
        });
    }
    let built = match &data.fields {
        Fields::Named(_) => quote!(Self { #(#values),* }),
        Fields::Unnamed(_) => quote!(Self(#(#values),*)),
        Fields::Unit => quote!(Self),
    };
    let name = &input.ident;
    let lists = lists(&input.attrs, &names)?;
    Ok(quote! {
        impl ::vestibule_database::FromRow for #name {
            fn from_row(row: &::vestibule_database::Row<'_>) -> ::core::result::Result<Self, ::vestibule_database::Error> {
                ::core::result::Result::Ok(#built)
            }
        }
        #lists
    })
}

/// Returns the macros that `#[row(columns = NAME)]` and `#[row(exported = NAME, table = "…")]` define.
fn lists(attributes: &[Attribute], columns: &[String]) -> Result<TokenStream> {
    let (mut name, mut exported, mut table): (Option<Ident>, Option<Ident>, Option<LitStr>) = (None, None, None);
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("row")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("columns") {
                name = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("exported") {
                exported = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("table") {
                table = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error("expected `columns`, `exported` or `table`"));
            }
            Ok(())
        })?;
    }
    let exported = exported.zip(table).map(|(exported, table)| {
        let table = table.value();
        let columns: Vec<String> = columns.iter().map(|column| format!("{table}.{column} AS {column}")).collect();
        let columns = columns.join(", ");
        quote! {
            /// The columns as a literal for `concat!`, in statements of other crates that join this table.
            #[doc(hidden)]
            #[macro_export]
            macro_rules! #exported {
                () => { #columns };
            }
        }
    });
    let Some(name) = name else { return Ok(exported.unwrap_or_default()) };
    let columns = columns.join(", ");
    Ok(quote! {
        #exported
        /// The columns as a literal for `concat!`. Never `*`: a statement that another process prepared before a migration
        /// must not change its form.
        macro_rules! #name {
            () => { #columns };
        }
        pub(crate) use #name;
    })
}
