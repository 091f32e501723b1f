//! Which attributes a response has: `attributes` and `excludedAttributes` (RFC 7644 3.9).

use serde_json::{Map, Value as Json};

use crate::error::ScimError;
use crate::filter::{Attribute, parse_attribute};

/// The attributes that every response has.
const ALWAYS: [&str; 2] = ["schemas", "id"];

/// A choice of attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Chosen {
    /// Those that are usual.
    #[default]
    Usual,
    /// These, and those that are always there.
    Only(Vec<Attribute>),
    /// All but these.
    Without(Vec<Attribute>),
}

impl Chosen {
    /// Reads the two lists, of which one may be given.
    pub(crate) fn read(attributes: &[String], excluded: &[String]) -> Result<Self, ScimError> {
        // Names that no schema has choose nothing.
        let read = |names: &[String]| names.iter().filter_map(|name| parse_attribute(name)).collect();
        match (attributes.is_empty(), excluded.is_empty()) {
            (true, true) => Ok(Self::Usual),
            (false, true) => Ok(Self::Only(read(attributes))),
            (true, false) => Ok(Self::Without(read(excluded))),
            (false, false) => Err(ScimError::value("give attributes or excludedAttributes, not both")),
        }
    }

    /// Whether a response has this attribute, or a part of it.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Usual => true,
            Self::Only(wanted) => wanted.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name)),
            Self::Without(unwanted) => {
                !unwanted.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name) && attribute.part.is_none())
            }
        }
    }

    /// Removes what was not chosen.
    pub(crate) fn apply(&self, resource: Map<String, Json>) -> Map<String, Json> {
        let chosen = |(name, value): (String, Json)| {
            if ALWAYS.contains(&name.as_str()) {
                return Some((name, value));
            }
            let of_name = |attributes: &[Attribute]| -> Vec<Option<String>> {
                let same = attributes.iter().filter(|attribute| attribute.name.eq_ignore_ascii_case(&name));
                same.map(|attribute| attribute.part.clone()).collect()
            };
            match self {
                Self::Usual => Some((name, value)),
                Self::Only(wanted) => {
                    let parts = of_name(wanted);
                    match parts.is_empty() {
                        true => None,
                        false if parts.contains(&None) => Some((name, value)),
                        false => Some((name, with_parts(value, &|part| parts.iter().flatten().any(|p| p == part)))),
                    }
                }
                Self::Without(unwanted) => {
                    let parts = of_name(unwanted);
                    match parts.contains(&None) {
                        true => None,
                        false => Some((name, with_parts(value, &|part| !parts.iter().flatten().any(|p| p == part)))),
                    }
                }
            }
        };
        resource.into_iter().filter_map(chosen).collect()
    }
}

/// Leaves those parts of a value that `is_wanted` accepts by their names in lower case.
fn with_parts(value: Json, is_wanted: &dyn Fn(&str) -> bool) -> Json {
    match value {
        Json::Object(parts) => {
            Json::Object(parts.into_iter().filter(|(name, _)| is_wanted(&name.to_ascii_lowercase())).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(|item| with_parts(item, is_wanted)).collect()),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(attributes: &[&str], excluded: &[&str]) -> Json {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let user = json!({ "schemas": [], "id": "1", "userName": "a", "name": { "givenName": "A", "familyName": "B" },
                           "emails": [{ "value": "a", "type": "work" }] });
        let chosen = Chosen::read(&owned(attributes), &owned(excluded)).unwrap();
        Json::Object(chosen.apply(user.as_object().unwrap().clone()))
    }

    #[test]
    fn attributes_and_parts_are_chosen_in_any_case() {
        assert_eq!(applied(&["USERNAME"], &[]), json!({ "schemas": [], "id": "1", "userName": "a" }));
        let part = json!({ "schemas": [], "id": "1", "name": { "givenName": "A" } });
        assert_eq!(applied(&["name.givenname"], &[]), part);
        let schema = "urn:ietf:params:scim:schemas:core:2.0:User:emails.value";
        assert_eq!(applied(&[schema], &[])["emails"], json!([{ "value": "a" }]));
        let without = json!({ "schemas": [], "id": "1", "userName": "a", "name": { "familyName": "B" } });
        assert_eq!(applied(&[], &["emails", "name.givenName", "id", "nosuch"]), without);
        assert!(Chosen::read(&["a".to_owned()], &["b".to_owned()]).is_err());
    }
}
