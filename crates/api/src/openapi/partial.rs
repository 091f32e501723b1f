//! Schemas for operations that accept `fields`: only the id is guaranteed.
//!
//! They are derived from the schema that the handler names: `PartialUser` is a copy of `User` in which every object that
//! has an id requires nothing else.

use std::collections::BTreeMap;

use utoipa::Modify;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::{Ref, RefOr};

use super::{METHODS, operation};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Replaces the response schemas of operations with `fields`.
pub(super) struct Partial;

impl Modify for Partial {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let Some(components) = document.components.as_mut() else { return };
        for path in document.paths.paths.values_mut() {
            for method in METHODS {
                if let Some(operation) = operation(path, method).filter(|operation| takes_fields(operation)) {
                    relax_responses(operation, &mut components.schemas);
                }
            }
        }
    }
}

fn takes_fields(operation: &Operation) -> bool {
    let is_fields =
        |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.name == "fields");
    operation.parameters.iter().flatten().any(is_fields)
}

fn relax_responses(operation: &mut Operation, schemas: &mut Schemas) {
    let successes = operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
    for response in successes.filter_map(|(_, response)| match response {
        RefOr::T(response) => Some(response),
        RefOr::Ref(_) => None,
    }) {
        for content in response.content.values_mut() {
            if let RefOr::T(content) = content
                && let Some(schema) = content.schema.as_mut()
            {
                relax(schema, schemas);
            }
        }
    }
}

/// Replaces whole schemas by partial ones, where they differ.
fn relax(schema: &mut RefOr<Schema>, schemas: &mut Schemas) {
    match schema {
        RefOr::Ref(reference) => {
            let Some(name) = reference.ref_location.strip_prefix("#/components/schemas/") else { return };
            // Related things require only their id already, and refer to one another in a circle.
            if name.starts_with("Related") {
                return;
            }
            if let Some(name) = partial(name, schemas) {
                *reference = Ref::from_schema_name(name);
            }
        }
        RefOr::T(Schema::Object(object)) => {
            if object.properties.contains_key("id") {
                object.required.retain(|name| name == "id");
            }
            object.properties.values_mut().for_each(|property| relax(property, schemas));
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                relax(items, schemas);
            }
        }
        RefOr::T(Schema::OneOf(choices)) => choices.items.iter_mut().for_each(|choice| relax(choice, schemas)),
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
    relax(&mut relaxed, schemas);
    (relaxed != whole).then(|| {
        schemas.insert(partial_name.clone(), relaxed);
        partial_name
    })
}
