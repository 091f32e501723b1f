//! What a request changes of a group.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use vestibule_core::Patch;
use vestibule_flows::directory::{GroupChange, MemberChange};
use vestibule_user::UserId;

use crate::body::attribute;
use crate::error::ScimError;
use crate::filter::{Attribute, Expression, Operator, Path, parse_attribute};
use crate::patch::{Op, Operation};

/// Reads a whole resource: what it does not have is cleared.
pub(super) fn of_resource(resource: &Map<String, Json>) -> Result<GroupChange, ScimError> {
    let mut change =
        GroupChange { external_id: Patch::Clear, members: MemberChange::All(Vec::new()), ..GroupChange::default() };
    for (name, value) in resource {
        let attribute = parse_attribute(name).ok_or_else(|| unknown(name))?;
        set(&mut change, &Path { attribute, values: None }, Op::Replace, Some(value))?;
    }
    Ok(change)
}

/// Reads operations, of which later ones win.
pub(super) fn of_operations(operations: &[Operation]) -> Result<GroupChange, ScimError> {
    let mut change = GroupChange::default();
    for Operation { op, path, value } in operations {
        set(&mut change, path, *op, value.as_ref())?;
    }
    Ok(change)
}

fn unknown(name: &str) -> ScimError {
    ScimError::path(format!("there is no attribute {name:?}"))
}

fn set(change: &mut GroupChange, path: &Path, op: Op, value: Option<&Json>) -> Result<(), ScimError> {
    let Attribute { name, part, .. } = &path.attribute;
    match (name.as_str(), part.as_deref()) {
        ("displayname", None) => match value {
            Some(Json::String(name)) if op != Op::Remove && !name.trim().is_empty() => {
                change.name = Some(name.clone());
                Ok(())
            }
            _ => Err(ScimError::mutability("displayName is a text, and cannot be removed")),
        },
        ("externalid", None) => {
            change.external_id = match value.filter(|value| op != Op::Remove && !value.is_null()) {
                None => Patch::Clear,
                Some(Json::String(id)) if id.is_empty() => Patch::Clear,
                Some(Json::String(id)) => Patch::Set(id.clone()),
                Some(_) => return Err(ScimError::value("externalId is a text")),
            };
            Ok(())
        }
        ("members", None | Some("value")) => members(change, path.values.as_ref(), op, value),
        // The whole resource in a value repeats them.
        ("schemas" | "id" | "meta", None) => Ok(()),
        _ => Err(unknown(&path.attribute.full())),
    }
}

fn members(
    change: &mut GroupChange,
    values: Option<&Expression>,
    op: Op,
    value: Option<&Json>,
) -> Result<(), ScimError> {
    let named = values.map(named).transpose()?;
    let value = value.filter(|value| !value.is_null());
    match (op, named, value) {
        (Op::Remove, Some(id), _) => change_some(change, &[], &[id]),
        // Entra names who is removed in the value.
        (Op::Remove, None, Some(value)) => change_some(change, &[], &ids(value)?),
        (Op::Remove, None, None) => change.members = MemberChange::All(Vec::new()),
        (_, Some(_), _) => return Err(ScimError::mutability("a member is added or removed, and does not change")),
        (Op::Add, None, value) => change_some(change, &value.map_or_else(|| Ok(Vec::new()), ids)?, &[]),
        (Op::Replace, None, value) => {
            change.members = MemberChange::All(value.map_or_else(|| Ok(Vec::new()), ids)?);
        }
    }
    Ok(())
}

/// Adds to a change those who join and leave; of one who does both, the later counts.
fn change_some(change: &mut GroupChange, joining: &[UserId], leaving: &[UserId]) {
    match &mut change.members {
        MemberChange::All(all) => {
            let mut wanted: BTreeSet<UserId> = all.iter().copied().collect();
            wanted.extend(joining);
            *all = wanted.into_iter().filter(|id| !leaving.contains(id)).collect();
        }
        MemberChange::Some { added, removed } => {
            removed.retain(|id| !joining.contains(id));
            added.retain(|id| !leaving.contains(id));
            added.extend(joining);
            removed.extend(leaving);
        }
    }
}

/// The member that `[value eq "…"]` names.
fn named(values: &Expression) -> Result<UserId, ScimError> {
    match values {
        Expression::Compare(part, Operator::Equal, Json::String(id)) if part.full() == "value" => member(id),
        _ => Err(ScimError::filter("a member is named by [value eq \"…\"]")),
    }
}

fn ids(value: &Json) -> Result<Vec<UserId>, ScimError> {
    let items: Vec<&Json> = match value {
        Json::Array(items) => items.iter().collect(),
        value => vec![value],
    };
    let id = |item: &Json| match item {
        Json::String(id) => member(id),
        Json::Object(object) => {
            if attribute(object, "type").and_then(Json::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("group")) {
                return Err(ScimError::value("a group has users as members, and no groups"));
            }
            match attribute(object, "value") {
                Some(Json::String(id)) => member(id),
                _ => Err(ScimError::value("a member is an object with the id of a user as its value")),
            }
        }
        _ => Err(ScimError::value("a member is an object with the id of a user as its value")),
    };
    items.into_iter().map(id).collect()
}

fn member(id: &str) -> Result<UserId, ScimError> {
    id.parse().map_err(|_| ScimError::value(format!("there is no user {id:?}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::patch::operations;

    const ONE: &str = "user_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const TWO: &str = "user_01ARZ3NDEKTSV4RRFFQ69G5FAW";

    #[test]
    fn members_are_added_and_removed_as_directories_write_it() {
        let id = |text: &str| text.parse::<UserId>().unwrap();
        let some = |added: &[&str], removed: &[&str]| MemberChange::Some {
            added: added.iter().map(|text| id(text)).collect(),
            removed: removed.iter().map(|text| id(text)).collect(),
        };
        for (operations_, expected) in [
            (json!([{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": ONE }] }]), some(&[ONE], &[])),
            (json!([{ "op": "add", "value": { "members": { "value": ONE } } }]), some(&[ONE], &[])),
            (json!([{ "op": "remove", "path": format!("members[value eq \"{ONE}\"]") }]), some(&[], &[ONE])),
            (json!([{ "op": "Remove", "path": "members", "value": [{ "value": TWO }] }]), some(&[], &[TWO])),
            (json!([{ "op": "remove", "path": "members" }]), MemberChange::All(Vec::new())),
            (
                json!([{ "op": "replace", "path": "members", "value": [{ "value": TWO }] },
                { "op": "add", "path": "members", "value": [{ "value": ONE }] }]),
                MemberChange::All(vec![id(ONE), id(TWO)]),
            ),
            (
                json!([{ "op": "add", "path": "members", "value": [{ "value": ONE }] },
                { "op": "remove", "path": format!("members[value eq \"{ONE}\"]") }]),
                some(&[], &[ONE]),
            ),
        ] {
            let body = json!({ "Operations": operations_ });
            let read = operations(body.as_object().unwrap()).and_then(|read| of_operations(&read));
            assert_eq!(read.map(|change| change.members).ok(), Some(expected), "{body}");
        }
    }
}
