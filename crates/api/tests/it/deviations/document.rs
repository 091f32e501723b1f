//! `docs/deviations.md`, generated from the entries. With UPDATE_SNAPSHOTS=1 it is written again.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value as Json;

use super::{deviations, of_the_contract, read, root};

const DOCUMENT: &str = "docs/deviations.md";

const INTRODUCTION: &str = "# Responses that differ from the reference's

Written by `crates/api/tests/it/deviations` from [deviations.json](deviations.json), whose examples it sends. Every other response is
that of Medusa 2.21.2, and more fields are no difference: errors have a `code` where programs must distinguish them, and a `hint` with
our own words where `message` is a sentence that clients compare.
";

/// The request of an entry, as a reader would send it.
fn request(request: &Json, entry: &Json) -> String {
    let mut text = format!("`{} {}`", request[0].as_str().unwrap(), request[1].as_str().unwrap());
    if let Some(body) = request.get(2).filter(|body| **body != serde_json::json!({})) {
        write!(text, " `{}`", body.as_str().map_or_else(|| body.to_string(), str::to_owned)).unwrap();
    }
    for (name, value) in entry["request_headers"].as_object().into_iter().flatten() {
        write!(text, ", `{name}: {}`", value.as_str().unwrap()).unwrap();
    }
    match (entry["as"].as_str(), entry["times"].as_u64()) {
        (Some(caller), None) => write!(text, " ({caller})").unwrap(),
        (Some(caller), Some(times)) => write!(text, " ({caller}, {times} times)").unwrap(),
        _ => {}
    }
    text
}

/// Our response, in short form.
fn answer(entry: &Json) -> String {
    if let Some(answer) = entry["answer"].as_str() {
        return answer.to_owned();
    }
    let mut text = entry["status"].to_string();
    for (name, value) in entry["headers"].as_object().into_iter().flatten() {
        write!(text, ", `{name}: {}…`", value.as_str().unwrap()).unwrap();
    }
    match (&entry["body"], entry["body"]["code"].as_str(), entry["body"]["message"].as_str()) {
        (_, Some(code), _) => write!(text, " `{code}`").unwrap(),
        (_, None, Some(message)) => write!(text, " `{message}`").unwrap(),
        (Json::Null, ..) => {}
        (body, ..) if entry["status"] == 200 => write!(text, " `{body}`").unwrap(),
        _ => {}
    }
    text
}

fn document() -> String {
    let contract = of_the_contract();
    let mut areas: BTreeMap<String, Vec<(String, Json)>> = BTreeMap::new();
    for (name, entry) in deviations() {
        let (area, label) = name.split_once('/').unwrap();
        let request_of_entry =
            contract.get(&name).map_or_else(|| entry["request"].clone(), |step| step["request"].clone());
        let label = if request_of_entry.is_array() {
            format!("{label}: {}", request(&request_of_entry, &entry))
        } else {
            label.to_owned()
        };
        areas.entry(area.to_owned()).or_default().push((label, entry));
    }
    let mut text = INTRODUCTION.to_owned();
    for (area, entries) in areas {
        write!(text, "\n## {area}\n\n| What | The reference | Vestibule | Why |\n|---|---|---|---|\n").unwrap();
        for (label, entry) in entries {
            let (reference, why) = (entry["reference"].as_str().unwrap(), entry["why"].as_str().unwrap());
            writeln!(text, "| {label} | {reference} | {} | {why} |", answer(&entry)).unwrap();
        }
    }
    text
}

#[test]
fn the_document_is_up_to_date() {
    let document = document();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(root().join(DOCUMENT), &document).unwrap();
    }
    assert!(
        read(DOCUMENT) == document,
        "the deviations have changed: review them with UPDATE_SNAPSHOTS=1 and `git diff {DOCUMENT}`"
    );
}
