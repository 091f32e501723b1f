//! What a request changes of a user: from a whole resource, or from operations. An allow-list of attributes decides.

use serde_json::{Map, Value as Json};
use vestibule_core::{EmailAddress, Patch};
use vestibule_flows::directory::UserChange;

use crate::body::attribute;
use crate::error::ScimError;
use crate::filter::{Attribute, Expression, Path, matches, parse_attribute};
use crate::patch::{Op, Operation, boolean};

/// Attributes of RFC 7643 and what clients add to them that are not stored. Directories send them by default: they are read over.
const NOT_STORED: [&str; 17] = [
    "schemas",
    "id",
    "meta",
    "groups",
    "nickname",
    "profileurl",
    "title",
    "usertype",
    "preferredlanguage",
    "locale",
    "timezone",
    "ims",
    "photos",
    "addresses",
    "entitlements",
    "roles",
    "x509certificates",
];

/// Reads a whole resource: what it does not have is cleared, but the state stays.
pub(super) fn of_resource(resource: &Map<String, Json>) -> Result<UserChange, ScimError> {
    let mut change = UserChange {
        first_name: Patch::Clear,
        last_name: Patch::Clear,
        phone: Patch::Clear,
        display_name: Patch::Clear,
        external_id: Patch::Clear,
        ..UserChange::default()
    };
    for (name, value) in resource {
        let attribute = parse_attribute(name).ok_or_else(|| unknown(name))?;
        set(&mut change, &Path { attribute, values: None }, Op::Replace, Some(value))?;
    }
    Ok(change)
}

/// Reads operations, of which later ones win.
pub(super) fn of_operations(operations: &[Operation]) -> Result<UserChange, ScimError> {
    let mut change = UserChange::default();
    for Operation { op, path, value } in operations {
        if ["id", "meta", "groups", "schemas"].contains(&path.attribute.name.as_str()) && !path.attribute.is_extension {
            // With the whole resource in a value, clients repeat what they have read.
            if path.attribute.name == "schemas" {
                continue;
            }
            return Err(ScimError::mutability(format!("{} cannot be changed", path.attribute.name)));
        }
        set(&mut change, path, *op, value.as_ref())?;
    }
    Ok(change)
}

fn unknown(name: &str) -> ScimError {
    ScimError::path(format!("there is no attribute {name:?}"))
}

/// Changes one attribute.
fn set(change: &mut UserChange, path: &Path, op: Op, value: Option<&Json>) -> Result<(), ScimError> {
    let Attribute { name, part, is_extension } = &path.attribute;
    // An absent value removes, as null does (RFC 7643 2.5).
    let value = value.filter(|value| op != Op::Remove && !value.is_null());
    match (name.as_str(), part.as_deref()) {
        _ if *is_extension => Ok(()),
        ("username", None) => {
            let value = value.ok_or_else(|| ScimError::mutability("userName cannot be removed"))?;
            change.email = Some(email(value)?);
            Ok(())
        }
        ("active", None) => {
            change.active = match value {
                None => Some(true),
                Some(value) => {
                    let read = boolean(value).ok_or_else(|| ScimError::value("active is true or false"))?;
                    Some(read)
                }
            };
            Ok(())
        }
        ("displayname", None) => text(&mut change.display_name, name, value),
        ("externalid", None) => text(&mut change.external_id, name, value),
        ("name", None) => whole_name(change, op, value),
        ("name", Some("givenname")) => text(&mut change.first_name, "name.givenName", value),
        ("name", Some("familyname")) => text(&mut change.last_name, "name.familyName", value),
        ("name", Some("formatted" | "middlename" | "honorificprefix" | "honorificsuffix")) => Ok(()),
        ("phonenumbers", part) => phone(change, path.values.as_ref(), part, value),
        // The address is userName.
        ("emails", _) => Ok(()),
        ("password", None) => {
            Err(ScimError::mutability("passwords are not taken from a directory: its users sign in through a provider"))
        }
        (name, _) if NOT_STORED.contains(&name) => Ok(()),
        (name, _) => Err(unknown(name)),
    }
}

fn email(value: &Json) -> Result<EmailAddress, ScimError> {
    let text = value.as_str().ok_or_else(|| ScimError::value("userName is a text"))?;
    let refused = |error| ScimError::value(format!("userName is the user's e-mail address: {error}"));
    EmailAddress::parse(text).map_err(refused)
}

fn text(patch: &mut Patch<String>, name: &str, value: Option<&Json>) -> Result<(), ScimError> {
    *patch = match value {
        None => Patch::Clear,
        Some(Json::String(text)) if text.is_empty() => Patch::Clear,
        Some(Json::String(text)) => Patch::Set(text.clone()),
        Some(_) => return Err(ScimError::value(format!("{name} is a text"))),
    };
    Ok(())
}

fn whole_name(change: &mut UserChange, op: Op, value: Option<&Json>) -> Result<(), ScimError> {
    let Some(value) = value else {
        if op == Op::Remove || op == Op::Replace {
            change.first_name = Patch::Clear;
            change.last_name = Patch::Clear;
        }
        return Ok(());
    };
    let parts = value.as_object().ok_or_else(|| ScimError::value("name is an object"))?;
    for (part, value) in parts {
        let attribute =
            Attribute { name: "name".to_owned(), part: Some(part.to_ascii_lowercase()), is_extension: false };
        set(change, &Path { attribute, values: None }, op, Some(value))?;
    }
    Ok(())
}

/// One number is stored: that at work, or the first. A path or a list may name others, which are read over.
fn phone(
    change: &mut UserChange,
    values: Option<&Expression>,
    part: Option<&str>,
    value: Option<&Json>,
) -> Result<(), ScimError> {
    let is_stored = |kind: &str| {
        let object = [("type".to_owned(), Json::from(kind))].into_iter().collect();
        values.is_none_or(|values| matches(values, &object, &|_| false))
    };
    // A path such as [value eq "…"] names the one that is stored.
    let names_type = values.is_some_and(of_type);
    if names_type && !is_stored("work") || part.is_some_and(|part| part != "value") {
        return Ok(());
    }
    match (part, value) {
        (_, None) => {
            change.phone = Patch::Clear;
            Ok(())
        }
        (Some(_), Some(value)) => text(&mut change.phone, "phoneNumbers.value", Some(value)),
        (None, Some(value)) => {
            let numbers: Vec<&Json> = match value {
                Json::Array(items) => items.iter().collect(),
                value => vec![value],
            };
            let of = |number: &Json, name: &str| -> Option<Json> {
                number.as_object().and_then(|object| attribute(object, name)).cloned()
            };
            let is_work = |number: &&&Json| of(number, "type").is_some_and(|kind| kind == "work");
            let chosen = numbers.iter().find(is_work).or_else(|| numbers.first());
            let value = match chosen {
                Some(Json::String(number)) => Some(Json::from(number.as_str())),
                Some(number) => of(number, "value"),
                None => None,
            };
            text(&mut change.phone, "phoneNumbers.value", value.as_ref())
        }
    }
}

/// Whether an expression is about the type of values.
fn of_type(expression: &Expression) -> bool {
    match expression {
        Expression::All(all) | Expression::Any(all) => all.iter().any(of_type),
        Expression::Not(inner) | Expression::Values(_, inner) => of_type(inner),
        Expression::Present(attribute) | Expression::Compare(attribute, ..) => attribute.name == "type",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::patch::operations;

    fn patched(operations_: Json) -> Result<UserChange, Option<&'static str>> {
        let body = json!({ "Operations": operations_ });
        let read = operations(body.as_object().unwrap()).and_then(|read| of_operations(&read));
        read.map_err(|error| error.scim_type)
    }

    #[test]
    fn paths_of_directories_are_read() {
        let set = |text: &str| Patch::Set(text.to_owned());
        let keep = UserChange::default;
        for (operations, expected) in [
            (
                json!([{ "op": "Replace", "path": "active", "value": "False" }]),
                UserChange { active: Some(false), ..keep() },
            ),
            (json!([{ "op": "replace", "value": { "active": true } }]), UserChange { active: Some(true), ..keep() }),
            (json!([{ "op": "Add", "path": "emails[type eq \"work\"].value", "value": "x@example.com" }]), keep()),
            (
                json!([{ "op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "12345" }]),
                UserChange { phone: set("12345"), ..keep() },
            ),
            (json!([{ "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "12345" }]), keep()),
            (
                json!([{ "op": "replace", "path": "phoneNumbers", "value": [
                { "type": "mobile", "value": "1" }, { "type": "work", "value": "22222" }] }]),
                UserChange { phone: set("22222"), ..keep() },
            ),
            (json!([{ "op": "remove", "path": "phoneNumbers" }]), UserChange { phone: Patch::Clear, ..keep() }),
            (
                json!([{ "op": "replace", "path": "name", "value": { "GivenName": "A", "formatted": "A B" } }]),
                UserChange { first_name: set("A"), ..keep() },
            ),
            (json!([{ "op": "remove", "path": "name.familyName" }]), UserChange { last_name: Patch::Clear, ..keep() }),
            (
                json!([{ "op": "add", "value": { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "X",
                "title": "Dr", "externalId": "7" } }]),
                UserChange { external_id: set("7"), ..keep() },
            ),
            (
                json!([{ "op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "value": {} }]),
                keep(),
            ),
        ] {
            assert_eq!(patched(operations.clone()), Ok(expected), "{operations}");
        }
        for (operations, kind) in [
            (json!([{ "op": "remove", "path": "userName" }]), "mutability"),
            (json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
            (json!([{ "op": "replace", "path": "groups", "value": [] }]), "mutability"),
            (json!([{ "op": "replace", "path": "password", "value": "x" }]), "mutability"),
            (json!([{ "op": "replace", "path": "locked_at", "value": "x" }]), "invalidPath"),
            (json!([{ "op": "replace", "path": "active", "value": "maybe" }]), "invalidValue"),
            (json!([{ "op": "replace", "path": "userName", "value": "no address" }]), "invalidValue"),
            (json!([{ "op": "replace", "path": "displayName", "value": 1 }]), "invalidValue"),
        ] {
            assert_eq!(patched(operations.clone()), Err(Some(kind)), "{operations}");
        }
    }
}
