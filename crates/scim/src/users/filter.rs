//! Filters of users as the database's own.

use serde_json::Value as Json;
use vestibule_core::{Condition, Field, Filter, Timestamp, Value};
use vestibule_user::directory::DirectoryField;

use crate::error::ScimError;
use crate::filter::{Attribute, Expression, Operator};
use crate::patch::boolean;

/// What an attribute is compared by.
enum Column {
    Text(DirectoryField),
    Time(DirectoryField),
    /// Whether the user is not locked.
    Active,
    /// An attribute with this value for all users.
    Always(Json),
}

/// Turns a filter into the database's.
pub(super) fn typed(expression: &Expression) -> Result<Filter<DirectoryField>, ScimError> {
    translate(expression, None)
}

/// Returns what users are sorted by.
pub(super) fn sort_field(attribute: &Attribute) -> Result<DirectoryField, ScimError> {
    match column(attribute, None)? {
        Column::Text(field) | Column::Time(field) => Ok(field),
        Column::Active | Column::Always(_) => {
            Err(ScimError::path(format!("users cannot be sorted by {}", attribute.full())))
        }
    }
}

/// Translates an expression, of the values of an attribute if it is within brackets.
fn translate(expression: &Expression, within: Option<&Attribute>) -> Result<Filter<DirectoryField>, ScimError> {
    let each = |all: &[Expression]| all.iter().map(|one| translate(one, within)).collect::<Result<Vec<_>, _>>();
    Ok(match expression {
        Expression::All(all) => Filter::All(each(all)?),
        Expression::Any(any) => Filter::Any(each(any)?),
        Expression::Not(inner) => Filter::Not(Box::new(translate(inner, within)?)),
        Expression::Values(attribute, inner) if within.is_none() => translate(inner, Some(attribute))?,
        Expression::Values(..) => return Err(ScimError::filter("a filter of values has no other within")),
        Expression::Present(attribute) => match column(attribute, within)? {
            Column::Text(field) => field.is(Condition::Ne(Value::Null)).and(field.is(Condition::Ne("".into()))),
            Column::Time(_) | Column::Active | Column::Always(_) => Filter::everything(),
        },
        Expression::Compare(attribute, operator, value) => compare(attribute, within, *operator, value)?,
    })
}

fn column(attribute: &Attribute, within: Option<&Attribute>) -> Result<Column, ScimError> {
    let full = within.map_or_else(|| attribute.full(), |outer| format!("{}.{}", outer.full(), attribute.full()));
    let is_extension = attribute.is_extension || within.is_some_and(|outer| outer.is_extension);
    Ok(match full.as_str() {
        _ if is_extension => return Err(unsearchable(&full)),
        "id" => Column::Text(DirectoryField::Id),
        "username" | "emails" | "emails.value" => Column::Text(DirectoryField::Email),
        "externalid" => Column::Text(DirectoryField::ExternalId),
        "displayname" => Column::Text(DirectoryField::DisplayName),
        "name.givenname" => Column::Text(DirectoryField::FirstName),
        "name.familyname" => Column::Text(DirectoryField::LastName),
        "phonenumbers" | "phonenumbers.value" => Column::Text(DirectoryField::Phone),
        "meta.created" => Column::Time(DirectoryField::CreatedAt),
        "meta.lastmodified" => Column::Time(DirectoryField::UpdatedAt),
        "active" => Column::Active,
        "emails.type" | "phonenumbers.type" => Column::Always("work".into()),
        "emails.primary" => Column::Always(true.into()),
        "meta.resourcetype" => Column::Always("User".into()),
        "schemas" => Column::Always(crate::USER.into()),
        _ => return Err(unsearchable(&full)),
    })
}

fn unsearchable(name: &str) -> ScimError {
    ScimError::filter(format!("users cannot be searched by {name}"))
}

fn compare(
    attribute: &Attribute,
    within: Option<&Attribute>,
    operator: Operator,
    value: &Json,
) -> Result<Filter<DirectoryField>, ScimError> {
    match column(attribute, within)? {
        Column::Text(field) => text(field, operator, value),
        Column::Time(field) => {
            let time: Option<Timestamp> = value.as_str().and_then(|text| text.parse().ok());
            let time = time.ok_or_else(|| ScimError::filter("a time is written as 2026-01-31T00:00:00Z"))?;
            ordered(field, operator, time.into())
        }
        Column::Active => {
            let wanted = boolean(value).ok_or_else(|| ScimError::filter("active is true or false"))?;
            let is_active = match operator {
                Operator::Equal => wanted,
                Operator::NotEqual => !wanted,
                _ => return Err(ScimError::filter("active is compared by eq or ne")),
            };
            let condition = if is_active { Condition::Eq(Value::Null) } else { Condition::Ne(Value::Null) };
            Ok(DirectoryField::LockedAt.is(condition))
        }
        Column::Always(present) => {
            let is_equal = match (&present, value) {
                (Json::Bool(present), value) => boolean(value) == Some(*present),
                (present, value) => {
                    present.as_str().zip(value.as_str()).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
                }
            };
            match operator {
                Operator::Equal => Ok(constant(is_equal)),
                Operator::NotEqual => Ok(constant(!is_equal)),
                _ => Err(unsearchable(&attribute.full())),
            }
        }
    }
}

/// Every user, or none.
fn constant(is_true: bool) -> Filter<DirectoryField> {
    if is_true { Filter::everything() } else { Filter::Any(Vec::new()) }
}

fn text(field: DirectoryField, operator: Operator, value: &Json) -> Result<Filter<DirectoryField>, ScimError> {
    let missing = || field.eq(Value::Null).or(field.eq(""));
    let text = match (value, operator) {
        (Json::Null, Operator::Equal) => return Ok(missing()),
        (Json::Null, Operator::NotEqual) => return Ok(!missing()),
        (Json::String(text), _) => text.as_str(),
        _ => return Err(ScimError::filter(format!("{} is compared with a text", field.name()))),
    };
    let like = |pattern: String| Ok(field.is(Condition::Ilike(pattern)));
    match operator {
        Operator::Contains => like(format!("%{}%", escaped(text))),
        Operator::StartsWith => like(format!("{}%", escaped(text))),
        Operator::EndsWith => like(format!("%{}", escaped(text))),
        operator => ordered(field, operator, text.into()),
    }
}

fn ordered(field: DirectoryField, operator: Operator, value: Value) -> Result<Filter<DirectoryField>, ScimError> {
    Ok(field.is(match operator {
        Operator::Equal => Condition::Eq(value),
        Operator::NotEqual => Condition::Ne(value),
        Operator::Greater => Condition::Gt(value),
        Operator::GreaterOrEqual => Condition::Gte(value),
        Operator::Less => Condition::Lt(value),
        Operator::LessOrEqual => Condition::Lte(value),
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
            return Err(ScimError::filter(format!("{} is no text", field.name())));
        }
    }))
}

/// A text whose characters have no meaning in a pattern.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| ['%', '_', '\\'].contains(&c).then_some('\\').into_iter().chain([c])).collect()
}
