//! Schemas for operations that accept `fields`: only the id is guaranteed.
//!
//! They are derived from the schema that the handler names: `PartialUser` is a copy of `User` in which every object that
//! has an id requires nothing else, with the relations that `fields` can name.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::{ArrayBuilder, Ref, RefOr};

use super::plain;
use crate::request::Kind;

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Replaces the response schemas of an operation with `fields`.
pub(super) fn relax(operation: &mut Operation, schemas: &mut Schemas) {
    let is_fields =
        |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.name == "fields");
    if !operation.parameters.iter().flatten().any(is_fields) {
        return;
    }
    let contents = operation.responses.responses.values_mut().filter_map(|response| match response {
        RefOr::T(response) => Some(response.content.values_mut()),
        RefOr::Ref(_) => None,
    });
    for content in contents.flatten() {
        if let RefOr::T(content) = content
            && let Some(schema) = content.schema.as_mut()
        {
            relax_schema(schema, schemas);
        }
    }
}

/// Replaces whole schemas by partial ones, where they differ.
fn relax_schema(schema: &mut RefOr<Schema>, schemas: &mut Schemas) {
    match schema {
        RefOr::Ref(reference) => {
            if let Some(name) = plain::name(reference).and_then(|name| partial(name, schemas)) {
                *reference = Ref::from_schema_name(name);
            }
        }
        RefOr::T(Schema::Object(object)) => {
            if object.properties.contains_key("id") {
                object.required.retain(|name| name == "id");
            }
            object.properties.values_mut().for_each(|property| relax_schema(property, schemas));
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                relax_schema(items, schemas);
            }
        }
        RefOr::T(Schema::OneOf(choices)) => choices.items.iter_mut().for_each(|choice| relax_schema(choice, schemas)),
        RefOr::T(_) => {}
    }
}

/// Returns the name of the partial schema; `None` where it would be the same.
fn partial(name: &str, schemas: &mut Schemas) -> Option<String> {
    let partial_name = format!("Partial{name}");
    if schemas.contains_key(&partial_name) {
        return Some(partial_name);
    }
    let whole = schemas.get(name)?.clone();
    let mut relaxed = whole.clone();
    relax_schema(&mut relaxed, schemas);
    // Roles relate to users, and users to roles: the name must be there before its relations are.
    let is_related = Kind::of_schema(name).is_some();
    if relaxed == whole && !is_related {
        return None;
    }
    schemas.insert(partial_name.clone(), relaxed.clone());
    if let (Some(kind), RefOr::T(Schema::Object(object))) = (Kind::of_schema(name), &mut relaxed) {
        for (name, related, about) in kind.relations() {
            let mut reference = Ref::from_schema_name(partial(related.schema(), schemas)?);
            let property = if kind == Kind::RolePolicy {
                reference.description = (*about).to_owned();
                RefOr::Ref(reference)
            } else {
                ArrayBuilder::new().items(reference).description(Some(*about)).into()
            };
            object.properties.insert((*name).to_owned(), property);
        }
        schemas.insert(partial_name.clone(), relaxed);
    }
    Some(partial_name)
}
