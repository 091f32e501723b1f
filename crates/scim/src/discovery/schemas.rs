//! The schemas: the attributes that are stored or shown, and no others (RFC 7643 7).

use serde_json::{Value as Json, json};

use crate::{GROUP, USER};

/// What can be said of an attribute beyond its name and type.
#[derive(Clone, Copy)]
struct Traits {
    is_required: bool,
    is_multiple: bool,
    is_exact: bool,
    mutability: &'static str,
    uniqueness: &'static str,
}

const USUAL: Traits =
    Traits { is_required: false, is_multiple: false, is_exact: true, mutability: "readWrite", uniqueness: "none" };

const SHOWN: Traits = Traits { mutability: "readOnly", ..USUAL };
const FIXED: Traits = Traits { mutability: "immutable", ..USUAL };

fn attribute(name: &str, kind: &str, description: &str, traits: Traits) -> Json {
    let Traits { is_required, is_multiple, is_exact, mutability, uniqueness } = traits;
    json!({
        "name": name,
        "type": kind,
        "description": description,
        "multiValued": is_multiple,
        "required": is_required,
        "caseExact": is_exact,
        "mutability": mutability,
        "returned": "default",
        "uniqueness": uniqueness,
    })
}

fn complex(name: &str, description: &str, traits: Traits, parts: Vec<Json>) -> Json {
    let mut attribute = attribute(name, "complex", description, traits);
    if let Some(fields) = attribute.as_object_mut() {
        fields.insert("subAttributes".to_owned(), parts.into());
    }
    attribute
}

fn reference(name: &str, description: &str, to: &str, traits: Traits) -> Json {
    let mut attribute = attribute(name, "reference", description, traits);
    if let Some(fields) = attribute.as_object_mut() {
        fields.insert("referenceTypes".to_owned(), json!([to]));
    }
    attribute
}

fn one_of(name: &str, description: &str, values: &[&str], traits: Traits) -> Json {
    let mut attribute = attribute(name, "string", description, traits);
    if let Some(fields) = attribute.as_object_mut() {
        fields.insert("canonicalValues".to_owned(), json!(values));
    }
    attribute
}

/// Both schemas.
pub(super) fn all(base: &str) -> Vec<Json> {
    let schema = |id: &str, name: &str, description: &str, attributes: Vec<Json>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "description": description,
            "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") },
        })
    };
    vec![
        schema(USER, "User", "A user", of_users()),
        schema(GROUP, "Group", "A role that the key may give", of_groups()),
    ]
}

fn of_users() -> Vec<Json> {
    let names = vec![
        attribute("givenName", "string", "The given name", USUAL),
        attribute("familyName", "string", "The family name", USUAL),
    ];
    let emails = vec![
        attribute("value", "string", "The address: that of userName", Traits { is_exact: false, ..SHOWN }),
        one_of("type", "Always work", &["work"], SHOWN),
        attribute("primary", "boolean", "Always true", SHOWN),
    ];
    let phones = vec![attribute("value", "string", "The number, as it is written", USUAL)];
    let groups = vec![
        attribute("value", "string", "The id of the group", SHOWN),
        reference("$ref", "The URL of the group", "Group", SHOWN),
        attribute("display", "string", "The name of the group", SHOWN),
        one_of("type", "Always direct", &["direct"], SHOWN),
    ];
    let user_name = Traits { is_required: true, is_exact: false, uniqueness: "server", ..USUAL };
    vec![
        attribute("userName", "string", "The e-mail address of the user, by which they sign in", user_name),
        complex("name", "The parts of the name", USUAL, names),
        attribute("displayName", "string", "The name as it is shown", USUAL),
        complex("emails", "The address of userName", Traits { is_multiple: true, ..SHOWN }, emails),
        complex("phoneNumbers", "The telephone number: one is stored", Traits { is_multiple: true, ..USUAL }, phones),
        attribute(
            "active",
            "boolean",
            "Whether the user may sign in. false ends all sessions; true is assumed where it is absent",
            Traits { is_required: true, ..USUAL },
        ),
        complex("groups", "The groups of the user", Traits { is_multiple: true, ..SHOWN }, groups),
    ]
}

fn of_groups() -> Vec<Json> {
    let members = vec![
        attribute("value", "string", "The id of the user", FIXED),
        reference("$ref", "The URL of the user", "User", FIXED),
        one_of("type", "Always User", &["User"], FIXED),
    ];
    let name = Traits { is_required: true, is_exact: false, uniqueness: "server", ..USUAL };
    let several = Traits { is_multiple: true, ..USUAL };
    vec![
        attribute("displayName", "string", "The name of the role", name),
        complex("members", "The users who have the role; absent where there are more than 1000", several, members),
    ]
}
