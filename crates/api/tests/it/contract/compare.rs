//! Our responses beside the reference's: the rules of the contract's own `compare.py`.

use serde_json::Value as Json;

/// Fails with every difference between the steps of a group and the recorded ones.
#[track_caller]
pub(super) fn compare(group: &str, steps: &[Json]) {
    let expected = super::expected();
    let expected = expected[group].as_array().unwrap();
    let labels = |steps: &[Json]| steps.iter().map(|step| step["label"].to_string()).collect::<Vec<_>>();
    assert_eq!(labels(steps), labels(expected), "the exchange has other steps");
    let differences: Vec<String> = expected
        .iter()
        .zip(steps)
        .flat_map(|(expected, got)| {
            let mut found = step_differs(expected, got);
            found.iter_mut().for_each(|difference| *difference = format!("{}: {difference}", expected["label"]));
            found
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn step_differs(expected: &Json, got: &Json) -> Vec<String> {
    let deviation = &expected["deviation"];
    let mut found = Vec::new();
    for part in ["claims", "value", "request", "status", "body"] {
        // What a deviation leaves out is not compared.
        let due = if deviation.is_null() || part == "request" { expected.get(part) } else { deviation.get(part) };
        if let Some(due) = due {
            differs(due, got.get(part).unwrap_or(&Json::Null), part, &mut found);
        }
    }
    if expected.get("request").is_some() {
        if got["content_type"] != "application/json; charset=utf-8" {
            found.push(format!("content type: {}", got["content_type"]));
        }
        cookies_differ(&expected["set_cookie"], &got["set_cookie"], &mut found);
    }
    found
}

fn differs(expected: &Json, got: &Json, path: &str, found: &mut Vec<String>) {
    match (expected, got) {
        (Json::Object(fields), Json::Object(got)) => {
            for (name, expected) in fields {
                match got.get(name) {
                    Some(got) => differs(expected, got, &format!("{path}.{name}"), found),
                    None => found.push(format!("{path}.{name} is missing, the reference has {expected}")),
                }
            }
        }
        (Json::Array(items), Json::Array(got)) if items.len() == got.len() => {
            for (number, (expected, got)) in items.iter().zip(got).enumerate() {
                differs(expected, got, &format!("{path}[{number}]"), found);
            }
        }
        (Json::String(expected), Json::String(got)) if without_numbers(expected) == *got => {}
        _ if expected == got => {}
        _ => found.push(format!("{path}: expected {expected}, got {got}")),
    }
}

/// Requires a cookie where the reference sets one and nowhere else, with its flags at least. As in the contract,
/// additional cookies are no difference.
fn cookies_differ(expected: &Json, got: &Json, found: &mut Vec<String>) {
    let cookies = |list: &Json| list.as_array().cloned().unwrap_or_default();
    let flags = |list: &Json| {
        let texts = cookies(list).into_iter().filter_map(|cookie| cookie.as_str().map(str::to_owned));
        let flags: Vec<String> =
            texts.flat_map(|text| text.split("; ").map(str::to_owned).collect::<Vec<_>>()).collect();
        flags.into_iter().filter(|flag| !["expires", "max-age", "secure"].contains(&flag.as_str())).collect::<Vec<_>>()
    };
    let ours = flags(got);
    if cookies(expected).is_empty() != cookies(got).is_empty()
        || !flags(expected).iter().all(|flag| ours.contains(flag))
    {
        found.push(format!("set-cookie: expected {expected}, got {got}"));
    }
}

/// `<user_id7>` without its number, which depends on the ids that came before.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split('>');
    let last = parts.next_back().unwrap_or_default();
    let kinds = parts.map(|part| format!("{}>", part.trim_end_matches(|c: char| c.is_ascii_digit())));
    kinds.chain([last.to_owned()]).collect()
}

#[test]
fn a_difference_is_found() {
    use serde_json::json;
    let found = |expected: Json, got: Json| {
        let mut found = Vec::new();
        differs(&expected, &got, "body", &mut found);
        found.len()
    };
    for (expected, got, differences) in [
        (json!({"a": 1}), json!({"a": 1, "b": 2}), 0),
        (json!({"a": 1, "b": null}), json!({"a": 2}), 2),
        (json!([1, 2]), json!([1]), 1),
        (json!("<user_id1>"), json!("<user_id>"), 0),
        (json!("with <user_id12> and <jwt>"), json!("with <user_id> and <jwt>"), 0),
        (json!("<user_id1>"), json!("<invite_id>"), 1),
        (json!(1), json!("1"), 1),
        (json!({}), json!([]), 1),
    ] {
        assert_eq!(found(expected.clone(), got), differences, "{expected}");
    }
}
