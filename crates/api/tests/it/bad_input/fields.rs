//! Every field of every body, with values of every wrong kind.

use serde_json::Value as Json;
use vestibule_core::EmailAddress;
use vestibule_testing::on_both_engines;

use super::{Scene, is_refused};
use crate::support::TestApp;
use crate::support::documented::operations;

on_both_engines!(every_field_of_every_body_refuses_values_of_other_types);

/// Values as they are written in JSON, some of which no JSON library would write.
fn values() -> Vec<String> {
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    let mut values: Vec<String> = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1e300",
        "1e400",
        "-0",
        "01",
        "NaN",
        r#""""#,
        r#"" ""#,
        r#""x""#,
        r#""\u0000""#,
        r#""a\u0000@example.com""#,
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""\x""#,
        r#""javascript:alert(1)""#,
        r#""a@b@c""#,
        r#""line\nbreak""#,
        "[]",
        "[1]",
        r#"["x"]"#,
        "[[[]]]",
        "{}",
        r#"{"a":1}"#,
        r#"{"a":"\u0000"}"#,
        r#"{"\u0000":1}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"$gt":""}"#,
        "",
        "'x'",
        "undefined",
    ]
    .map(str::to_owned)
    .to_vec();
    values.extend([nested("[", "]"), nested(r#"{"a":"#, "}").replace(r#"{"a":}"#, r#"{"a":1}"#)]);
    values.extend([format!(r#""{}""#, "x".repeat(100_000)), format!(r#"{{"a":"{}"}}"#, "x".repeat(70_000))]);
    values.push(format!("[{}1]", r#""x","#.repeat(1_000)));
    values
}

/// Whether a field could take the value according to its schema; then it is not invalid.
fn could_be_valid(schema: &Json, text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Json>(text) else { return false };
    if text.contains("u0000") || text.contains("\"a\":1,\"a\"") || text.len() > 65_536 {
        return false;
    }
    let is = match &value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let types = match &schema["type"] {
        Json::Array(types) => types.clone(),
        one => vec![one.clone()],
    };
    let fits = match &value {
        Json::String(text) => {
            let length = text.chars().count() as u64;
            schema["maxLength"].as_u64().is_none_or(|most| length <= most)
                && schema["minLength"].as_u64().is_none_or(|least| length >= least)
                && (schema["format"] != "email" || text.parse::<EmailAddress>().is_ok())
                && (schema["format"] != "uri" || text.is_empty() || text.starts_with("http"))
        }
        Json::Array(items) => items.is_empty(),
        _ => true,
    };
    types.contains(&is.into()) && fits
}

async fn every_field_of_every_body_refuses_values_of_other_types(app: TestApp) {
    let scene = Scene::of(app).await;
    let before = scene.fingerprint().await;
    let mut refused = 0;
    for operation in operations() {
        let good = scene.good(operation);
        let (Some(fields), Some(body)) = (operation.body(), &good.body) else { continue };
        for (field, schema) in fields {
            let mut with_gap = body.clone();
            with_gap[field] = "GAP".into();
            let with_gap = with_gap.to_string();
            for value in values() {
                // Removing something that does not exist is ignored.
                let is_passed_over = operation.method == "DELETE" && value == r#"["x"]"#;
                if is_passed_over || could_be_valid(schema, &value) {
                    continue;
                }
                let what = format!("{} with {field} {value:.40}", operation.path);
                let ask = good.ask().raw("application/json", with_gap.replace(r#""GAP""#, &value));
                is_refused(&ask.await, &what);
                refused += 1;
            }
        }
        assert_eq!(scene.fingerprint().await, before, "{} {} has changed something", operation.method, operation.path);
    }
    assert!(refused > 700, "{refused}");
}
