//! Whether a JSON object matches a filter: for groups, of which there are few.

use serde_json::{Map, Value as Json};

use super::{Attribute, Expression, Operator};
use crate::body;

/// Whether an object matches. `is_member` answers for an attribute that the object does not have: the members of a group.
pub(crate) fn matches(expression: &Expression, object: &Map<String, Json>, is_member: &dyn Fn(&str) -> bool) -> bool {
    match expression {
        Expression::All(all) => all.iter().all(|each| matches(each, object, is_member)),
        Expression::Any(any) => any.iter().any(|each| matches(each, object, is_member)),
        Expression::Not(inner) => !matches(inner, object, is_member),
        Expression::Present(attribute) => values(attribute, object).iter().any(|value| !is_empty(value)),
        Expression::Compare(attribute, Operator::Equal, Json::String(id)) if is_members(attribute) => is_member(id),
        Expression::Compare(attribute, operator, wanted) => {
            let found = values(attribute, object);
            match operator {
                Operator::NotEqual => !found.iter().any(|value| compare(value, Operator::Equal, wanted)),
                Operator::Equal if wanted.is_null() => found.iter().all(|value| is_empty(value)),
                operator => found.iter().any(|value| compare(value, *operator, wanted)),
            }
        }
        Expression::Values(attribute, inner) if is_members(attribute) => match inner.as_ref() {
            Expression::Compare(part, Operator::Equal, Json::String(id)) if part.name == "value" => is_member(id),
            _ => false,
        },
        Expression::Values(attribute, inner) => {
            let found = values(attribute, object);
            found.iter().filter_map(|value| value.as_object()).any(|value| matches(inner, value, is_member))
        }
    }
}

fn is_members(attribute: &Attribute) -> bool {
    attribute.name == "members" && attribute.part.as_deref().is_none_or(|part| part == "value")
}

/// The values of an attribute, of several each.
fn values<'a>(attribute: &Attribute, object: &'a Map<String, Json>) -> Vec<&'a Json> {
    let Some(value) = body::attribute(object, &attribute.name) else { return Vec::new() };
    let all: Vec<&Json> = match value {
        Json::Array(items) => items.iter().collect(),
        value => vec![value],
    };
    match &attribute.part {
        None => all,
        Some(part) => all.into_iter().filter_map(|value| body::attribute(value.as_object()?, part)).collect(),
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Texts are compared whatever their case.
fn compare(value: &Json, operator: Operator, wanted: &Json) -> bool {
    if let (Json::Bool(value), Json::Bool(wanted)) = (value, wanted) {
        return operator == Operator::Equal && value == wanted;
    }
    let (Some(value), Some(wanted)) = (value.as_str(), wanted.as_str()) else { return false };
    let (value, wanted) = (value.to_lowercase(), wanted.to_lowercase());
    match operator {
        Operator::Equal => value == wanted,
        Operator::NotEqual => value != wanted,
        Operator::Contains => value.contains(&wanted),
        Operator::StartsWith => value.starts_with(&wanted),
        Operator::EndsWith => value.ends_with(&wanted),
        Operator::Greater => value > wanted,
        Operator::GreaterOrEqual => value >= wanted,
        Operator::Less => value < wanted,
        Operator::LessOrEqual => value <= wanted,
    }
}
