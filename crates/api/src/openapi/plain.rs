//! Puts the schemas of texts, such as ids and times, where they are used, and drops the names that nothing refers to.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Object, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};

use crate::request::kind;

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Replaces references to what has no properties and is no enumeration, and merges the parts of a flattened object.
pub(super) fn simplify(schemas: &mut Schemas) {
    let all = schemas.clone();
    schemas.values_mut().for_each(|schema| simplify_one(schema, &all));
}

fn simplify_one(schema: &mut RefOr<Schema>, all: &Schemas) {
    match schema {
        RefOr::Ref(reference) => {
            if let Some(mut plain) = find(reference, all).filter(is_plain) {
                describe(&mut plain, &reference.description);
                *schema = plain.into();
                simplify_one(schema, all);
            }
        }
        RefOr::T(Schema::Object(object)) => {
            object.properties.values_mut().for_each(|property| simplify_one(property, all));
            if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
                simplify_one(values, all);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                simplify_one(items, all);
            }
        }
        RefOr::T(Schema::OneOf(choices)) => {
            choices.items.iter_mut().for_each(|choice| simplify_one(choice, all));
            let plain = choices.items.iter().find(|choice| !is_null(choice)).and_then(|choice| match choice {
                RefOr::T(choice) => nullable(choice),
                RefOr::Ref(_) => None,
            });
            if let (2, Some(plain)) = (choices.items.len(), plain) {
                *schema = plain.into();
            }
        }
        RefOr::T(Schema::AllOf(parts)) => {
            let mut whole = Object::default();
            whole.description = parts.description.take();
            for part in &parts.items {
                let mut part = match part {
                    RefOr::T(part) => Some(part.clone().into()),
                    RefOr::Ref(reference) => find(reference, all).map(RefOr::T),
                };
                part.iter_mut().for_each(|part| simplify_one(part, all));
                if let Some(RefOr::T(Schema::Object(part))) = part {
                    whole.properties.extend(part.properties);
                    whole.required.extend(part.required);
                }
            }
            *schema = Schema::Object(whole).into();
        }
        RefOr::T(_) => {}
    }
}

fn find(reference: &Ref, all: &Schemas) -> Option<Schema> {
    match all.get(name(reference)?)? {
        RefOr::T(schema) => Some(schema.clone()),
        RefOr::Ref(reference) => find(reference, all),
    }
}

/// Returns the name of the schema that a reference refers to.
pub(super) fn name(reference: &Ref) -> Option<&str> {
    reference.ref_location.strip_prefix("#/components/schemas/")
}

fn is_plain(schema: &Schema) -> bool {
    match schema {
        Schema::Object(object) => object.properties.is_empty() && object.enum_values.is_none(),
        Schema::Array(_) => true,
        _ => false,
    }
}

fn describe(schema: &mut Schema, description: &str) {
    let description = Some(description.to_owned()).filter(|description| !description.is_empty());
    match schema {
        Schema::Object(object) => object.description = description,
        Schema::Array(array) => array.description = description,
        _ => {}
    }
}

/// Returns a schema without properties with null as a further value.
fn nullable(schema: &Schema) -> Option<Schema> {
    let has_no_properties = match schema {
        Schema::Object(object) => object.properties.is_empty(),
        Schema::Array(_) => true,
        _ => false,
    };
    has_no_properties.then(|| kind::nullable(schema.clone()))
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

/// Removes the schemas that neither an operation nor another schema refers to.
pub(super) fn prune<'a>(schemas: &mut Schemas, operations: impl Iterator<Item = &'a Operation>) {
    let mut names = BTreeSet::from(["Error".to_owned()]);
    let mut ahead: Vec<String> = operations.flat_map(|operation| references(&serde_json::json!(operation))).collect();
    while let Some(name) = ahead.pop() {
        if names.insert(name.clone()) {
            ahead.extend(references(&serde_json::json!(schemas.get(&name))));
        }
    }
    schemas.retain(|name, _| names.contains(name));
}

fn references(json: &serde_json::Value) -> Vec<String> {
    match json {
        serde_json::Value::Object(object) => {
            let own =
                object.get("$ref").and_then(|reference| reference.as_str()?.strip_prefix("#/components/schemas/"));
            own.map(str::to_owned).into_iter().chain(object.values().flat_map(references)).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
