//! Conditions on one field: a value, several, or operators.

use vestibule_core::{Condition, Field, FieldKind, Filter, Timestamp, Value};

use crate::request::report::shortened;
use crate::request::{Parameter, Report};

/// Reads the conditions, all of which must hold. `path` names the field in messages.
pub(super) fn read<F: Field>(field: F, parameter: &Parameter, path: &str, report: &mut Report) -> Vec<Filter<F>> {
    match parameter {
        Parameter::Text(text) => value(field, text, path, report).map(|value| field.eq(value)).into_iter().collect(),
        Parameter::List(_) => {
            values(field, parameter, "string", path, report).map(|values| field.is_in(values)).into_iter().collect()
        }
        Parameter::Map(operators) => operators
            .iter()
            .filter_map(|(name, operand)| operator(field, name, operand, &format!("{path}, {name}"), report))
            .collect(),
    }
}

fn operator<F: Field>(field: F, name: &str, operand: &Parameter, path: &str, report: &mut Report) -> Option<Filter<F>> {
    match name {
        "$in" => values(field, operand, "array", path, report).map(|values| field.is(Condition::In(values))),
        "$nin" => values(field, operand, "array", path, report).map(|values| field.is(Condition::Nin(values))),
        "$eq" | "$ne" | "$gt" | "$gte" | "$lt" | "$lte" => {
            let value = value(field, text(operand, path, report)?, path, report)?;
            Some(match name {
                "$eq" => field.eq(value),
                "$ne" => field.is(Condition::Ne(value)),
                // No value is larger or smaller than null.
                _ if value == Value::Null => Filter::Any(Vec::new()),
                "$gt" => field.is(Condition::Gt(value)),
                "$gte" => field.is(Condition::Gte(value)),
                "$lt" => field.is(Condition::Lt(value)),
                _ => field.is(Condition::Lte(value)),
            })
        }
        "$like" => pattern(field, operand, path, report).map(|pattern| field.is(Condition::Like(pattern))),
        "$ilike" => pattern(field, operand, path, report).map(|pattern| field.is(Condition::Ilike(pattern))),
        _ => {
            report.add(format!("Unrecognized operator '{}' for field '{}'", shortened(name, 100), field.name()));
            None
        }
    }
}

fn text<'a>(parameter: &'a Parameter, path: &str, report: &mut Report) -> Option<&'a str> {
    match parameter {
        Parameter::Text(text) => Some(text),
        other => {
            report.expected("string", path, &other.to_string());
            None
        }
    }
}

/// Reads several values. As in the reference, a single one is not a list.
fn values<F: Field>(
    field: F,
    parameter: &Parameter,
    expected: &str,
    path: &str,
    report: &mut Report,
) -> Option<Vec<Value>> {
    let items = match parameter {
        Parameter::List(items) => items,
        other => {
            report.expected(expected, path, &other.to_string());
            return None;
        }
    };
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        let Parameter::Text(text) = item else {
            report.expected("string", path, &parameter.to_string());
            return None;
        };
        values.push(value(field, text, path, report)?);
    }
    Some(values)
}

/// Reads a value of the field's type. `null` is null, also for text, as in the reference.
fn value<F: Field>(field: F, text: &str, path: &str, report: &mut Report) -> Option<Value> {
    if text == "null" {
        return Some(Value::Null);
    }
    match field.kind() {
        FieldKind::Text | FieldKind::Email => Some(text.into()),
        FieldKind::Time => match text.parse::<Timestamp>() {
            Ok(time) => Some(time.into()),
            Err(error) => {
                report.invalid(path, format_args!("'{}' is {error}", shortened(text, 100)));
                None
            }
        },
        FieldKind::Bool => match text {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            other => {
                report.expected("boolean", path, other);
                None
            }
        },
        FieldKind::Int => {
            let number = text.parse::<i64>().ok();
            if number.is_none() {
                report.expected("int", path, text);
            }
            number.map(Into::into)
        }
        // No listing should name them.
        FieldKind::Json | FieldKind::Derived => {
            report.invalid(path, "this field cannot be compared");
            None
        }
    }
}

fn pattern<F: Field>(field: F, parameter: &Parameter, path: &str, report: &mut Report) -> Option<String> {
    let text = text(parameter, path, report)?;
    if !matches!(field.kind(), FieldKind::Text | FieldKind::Email) {
        report.invalid(path, "only text has parts that can be compared");
        return None;
    }
    // PostgreSQL fails on a pattern that ends with an escape character.
    if text.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1 {
        report.invalid(path, r"the pattern ends with a lone \; write \\ for the character itself");
        return None;
    }
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::find;
    use super::*;

    /// Returns the conditions in a short form: `Email Eq(Text("x"))`.
    fn conditions(raw: &str) -> String {
        let filters = match find(raw).unwrap().filter {
            Filter::All(filters) => filters,
            other => panic!("not all of something: {other:?}"),
        };
        let filters = filters.into_iter().map(|filter| match filter {
            Filter::Field(field, condition) => format!("{field:?} {condition:?}"),
            other => format!("{other:?}"),
        });
        filters.collect::<Vec<_>>().join("; ")
    }

    /// notes A6, A7
    #[test]
    fn values_are_of_the_fields_type() {
        let time = |text: &str| format!("{:?}", text.parse::<Timestamp>().unwrap());
        for (raw, expected) in [
            ("email=zed@x.test", r#"Email Eq(Text("zed@x.test"))"#.to_owned()),
            ("email=", r#"Email Eq(Text(""))"#.to_owned()),
            ("email", r#"Email Eq(Text(""))"#.to_owned()),
            ("first_name=null", "FirstName Eq(Null)".to_owned()),
            ("id=null", "Id Eq(Null)".to_owned()),
            ("first_name=true", r#"FirstName Eq(Text("true"))"#.to_owned()),
            ("id[]=a&id[]=b", r#"Id In([Text("a"), Text("b")])"#.to_owned()),
            ("email=a&email=b", r#"Email In([Text("a"), Text("b")])"#.to_owned()),
            ("created_at=2026-11-22", format!("CreatedAt Eq(Time({}))", time("2026-11-22"))),
            ("created_at[]=2026-11-22T09:30:00Z", format!("CreatedAt In([Time({})])", time("2026-11-22T09:30:00Z"))),
            ("created_at.$gt=2026-11-22%2009:30:00", format!("CreatedAt Gt(Time({}))", time("2026-11-22T09:30:00Z"))),
            ("accepted=true", "Accepted Eq(Bool(true))".to_owned()),
            ("tries=-3", "Tries Eq(Int(-3))".to_owned()),
        ] {
            assert_eq!(conditions(raw), expected, "{raw}");
        }
    }

    #[test]
    fn operators_compare_every_field() {
        for (raw, expected) in [
            ("email[$eq]=x", r#"Email Eq(Text("x"))"#),
            ("created_at[$ne]=null", "CreatedAt Ne(Null)"),
            ("email[$in][]=x&email[$nin][]=y", r#"Email In([Text("x")]); Email Nin([Text("y")])"#),
            ("id[$in][]=null", "Id In([Null])"),
            ("tries[$gt]=1&tries[$gte]=2", "Tries Gt(Int(1)); Tries Gte(Int(2))"),
            ("first_name[$lt]=b&first_name[$lte]=c", r#"FirstName Lt(Text("b")); FirstName Lte(Text("c"))"#),
            ("email[$like]=%25a%5C_&email[$ilike]=B_", r#"Email Like("%a\\_"); Email Ilike("B_")"#),
            ("first_name[$like]=null", r#"FirstName Like("null")"#),
            ("first_name[$like]=x%5C%5C", r#"FirstName Like("x\\\\")"#),
            ("created_at[$gt]=null", "Any([])"),
        ] {
            assert_eq!(conditions(raw), expected, "{raw}");
        }
    }

    #[test]
    fn invalid_comparisons_are_refused() {
        let no_time = "is not a date and time such as 2026-11-22T09:30:00Z";
        for (raw, message) in [
            ("created_at=garbage", format!("Invalid value for field 'created_at': 'garbage' {no_time}")),
            ("created_at=", format!("Invalid value for field 'created_at': '' {no_time}")),
            ("created_at[]=2026-13-45", format!("Invalid value for field 'created_at': '2026-13-45' {no_time}")),
            ("created_at[$gt]=now", format!("Invalid value for field 'created_at, $gt': 'now' {no_time}")),
            ("created_at[$gt]=99999-01-01", format!("Invalid value for field 'created_at, $gt': '99999-01-01' {no_time}")),
            ("accepted=1", "Expected type: 'boolean' for field 'accepted', got: '1'".to_owned()),
            ("tries=1.5", "Expected type: 'int' for field 'tries', got: '1.5'".to_owned()),
            ("tries=9223372036854775808", "Expected type: 'int' for field 'tries', got: '9223372036854775808'".to_owned()),
            ("created_at[$in]=2026-11-22", "Expected type: 'array' for field 'created_at, $in', got: '2026-11-22'".to_owned()),
            ("created_at[$gt][]=2020-01-01", "Expected type: 'string' for field 'created_at, $gt', got: '2020-01-01'".to_owned()),
            ("created_at[$gt]=a&created_at[$gt]=b", "Expected type: 'string' for field 'created_at, $gt', got: 'a,b'".to_owned()),
            ("id[0][b]=1", "Expected type: 'string' for field 'id', got: '[object Object]'".to_owned()),
            ("email[$ne]=x&email=z", "Expected type: 'string' for field 'email', got: '[object Object],z'".to_owned()),
            ("email[$nosuch]=1", "Unrecognized operator '$nosuch' for field 'email'".to_owned()),
            ("email.x=1", "Unrecognized operator 'x' for field 'email'".to_owned()),
            ("created_at[gt]=2020-01-01", "Unrecognized operator 'gt' for field 'created_at'".to_owned()),
            ("created_at[$not][$gt]=2020-01-01", "Unrecognized operator '$not' for field 'created_at'".to_owned()),
            ("created_at[$like]=2026%25", "Invalid value for field 'created_at, $like': only text has parts that can be compared".to_owned()),
            ("email[$like]=x%5C", r"Invalid value for field 'email, $like': the pattern ends with a lone \; write \\ for the character itself".to_owned()),
        ] {
            assert_eq!(find(raw).unwrap_err(), message, "{raw}");
        }
    }
}
