//! Operations of PATCH (RFC 7644 3.5.2), also as Entra and Okta write them.
//!
//! `"Replace"` with a capital, attributes in any case or behind the name of their schema, a value that is an object of paths, a request
//! without operations: all of them are read here, so that the resources know one form.

use serde_json::{Map, Value as Json};

use crate::body::attribute;
use crate::error::ScimError;
use crate::filter::{Path, parse_path};

/// The most operations of a request.
const MOST: usize = 1_000;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Remove,
}

/// An operation on one attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Operation {
    pub(crate) op: Op,
    pub(crate) path: Path,
    /// The value; `None` where there is none.
    pub(crate) value: Option<Json>,
}

/// Reads the operations of a request. There may be none: then nothing is to be done.
pub(crate) fn operations(body: &Map<String, Json>) -> Result<Vec<Operation>, ScimError> {
    let mut read = Vec::new();
    let given = match attribute(body, "Operations") {
        None | Some(Json::Null) => return Ok(read),
        Some(Json::Array(given)) => given,
        Some(_) => return Err(ScimError::syntax("Operations is a list")),
    };
    if given.len() > MOST {
        return Err(ScimError::too_large(format!("a request has at most {MOST} operations")));
    }
    for operation in given {
        let operation = operation.as_object().ok_or_else(|| ScimError::syntax("an operation is an object"))?;
        let text = |name: &str| attribute(operation, name).and_then(Json::as_str);
        let op = match text("op").unwrap_or_default().to_ascii_lowercase().as_str() {
            "add" => Op::Add,
            "replace" => Op::Replace,
            "remove" => Op::Remove,
            _ => return Err(ScimError::syntax("op is add, replace or remove")),
        };
        let value = attribute(operation, "value").cloned();
        match (text("path").filter(|path| !path.trim().is_empty()), value) {
            (Some(path), value) => read.push(Operation { op, path: parse_path(path)?, value }),
            (None, _) if op == Op::Remove => {
                return Err(ScimError::target("remove needs a path"));
            }
            (None, Some(Json::Object(attributes))) => {
                for (name, value) in attributes {
                    read.push(Operation { op, path: parse_path(&name)?, value: Some(value) });
                }
            }
            (None, _) => return Err(ScimError::value("without a path, value is an object of attributes")),
        }
    }
    Ok(read)
}

/// Reads a boolean, which Entra sends as text: `"False"`.
pub(crate) fn boolean(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(value) => Some(*value),
        Json::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Json::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        // Some clients wrap a single value.
        Json::Array(items) => match items.as_slice() {
            [only] => boolean(only.as_object().and_then(|object| attribute(object, "value")).unwrap_or(only)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Read = (Op, String, Option<Json>);

    fn read(body: Json) -> Result<Vec<Read>, Option<&'static str>> {
        let operations = operations(body.as_object().unwrap()).map_err(|error| error.scim_type)?;
        Ok(operations.into_iter().map(|one| (one.op, one.path.attribute.full(), one.value)).collect())
    }

    #[test]
    fn dialects_become_one_form() {
        let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
        let body = json!({ "operations": [
            { "OP": "Replace", "Path": "Active", "Value": "False" },
            { "op": "add", "value": { "name.givenName": "A", format!("{schema}:displayName"): "B" } },
            { "op": "Remove", "path": "phoneNumbers[type eq \"work\"].value" },
        ]});
        let expected = vec![
            (Op::Replace, "active".to_owned(), Some(json!("False"))),
            (Op::Add, "name.givenname".to_owned(), Some(json!("A"))),
            (Op::Add, "displayname".to_owned(), Some(json!("B"))),
            (Op::Remove, "phonenumbers.value".to_owned(), None),
        ];
        assert_eq!(
            read(body).map(|mut read| {
                read.sort_by_key(|one| expected.iter().position(|e| e.1 == one.1));
                read
            }),
            Ok(expected)
        );
        assert_eq!(read(json!({})), Ok(Vec::new()), "without operations");
        assert_eq!(read(json!({ "Operations": [] })), Ok(Vec::new()));
        for (wrong, kind) in [
            (json!({ "Operations": {} }), "invalidSyntax"),
            (json!({ "Operations": [1] }), "invalidSyntax"),
            (json!({ "Operations": [{ "op": "move", "path": "a" }] }), "invalidSyntax"),
            (json!({ "Operations": [{ "op": "remove" }] }), "noTarget"),
            (json!({ "Operations": [{ "op": "add", "value": "x" }] }), "invalidValue"),
            (json!({ "Operations": [{ "op": "add", "path": "a b", "value": "x" }] }), "invalidPath"),
        ] {
            assert_eq!(read(wrong.clone()), Err(Some(kind)), "{wrong}");
        }
    }

    #[test]
    fn booleans_may_be_texts() {
        for (value, read) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!("TRUE"), Some(true)),
            (json!([{ "value": "False" }]), Some(false)),
            (json!("no"), None),
            (json!(0), None),
            (json!(null), None),
        ] {
            assert_eq!(boolean(&value), read, "{value}");
        }
    }
}
