//! `docs/deviations.json`: the responses that differ from the reference's on purpose, in the form of the contract's own
//! `deviations.json` with more fields. Each entry's example is sent, and `docs/deviations.md` is generated from it.
//!
//! An entry has a `request`, its caller (`as`, see [`scene`]), and `status`, `headers` and `body` of the response; or
//! it is a step of the contract's exchange; or it has our `answer` in words and the `test` that shows it. All have the
//! `reference`'s response and a reason, `why`. Of a body, the named fields are compared; of a header, its beginning.

mod document;
mod scene;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};
use vestibule_testing::on_both_engines;

use self::scene::Scene;
use crate::support::{Answer, TestApp};

on_both_engines!(every_example_gets_the_documented_response);

const ENTRIES: &str = "docs/deviations.json";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn deviations() -> Map<String, Json> {
    serde_json::from_str(&read(ENTRIES)).unwrap()
}

/// The contract's own deviations, by group and label.
fn of_the_contract() -> Map<String, Json> {
    let expected: Json = serde_json::from_str(include_str!("../contract/expected.json")).unwrap();
    let mut found = Map::new();
    for (group, steps) in expected.as_object().unwrap() {
        for step in steps.as_array().unwrap().iter().filter(|step| step.get("deviation").is_some()) {
            found.insert(format!("{group}/{}", step["label"].as_str().unwrap()), step.clone());
        }
    }
    found
}

#[test]
fn every_entry_has_a_reason_and_an_example_or_a_test() {
    let contract = of_the_contract();
    for (name, entry) in deviations() {
        let text = |field: &str| entry[field].as_str().unwrap_or_default();
        assert!(name.contains('/') && text("why").len() > 10 && !text("reference").is_empty(), "{name} has no reason");
        if contract.contains_key(&name) {
            assert!(entry.get("request").is_none() && entry.get("test").is_none(), "{name}: the contract shows it");
        } else if let Some((file, test)) = text("test").split_once("::") {
            assert!(!text("answer").is_empty() && entry.get("request").is_none(), "{name}");
            assert!(read(file).contains(&format!("async fn {test}(")), "{name}: there is no test {test} in {file}");
        } else {
            assert!(entry["request"].is_array() && entry["status"].is_u64(), "{name} is shown by nothing");
        }
    }
}

/// Every deviation of the contract is in the document, with all of its values.
#[test]
fn the_contracts_deviations_are_in_the_document() {
    let ours = deviations();
    for (name, step) in of_the_contract() {
        let entry = ours.get(&name).unwrap_or_else(|| panic!("{name} is not in {ENTRIES}"));
        for (field, value) in step["deviation"].as_object().unwrap() {
            assert_eq!(&entry[field], value, "{name}: {field}");
        }
    }
}

async fn every_example_gets_the_documented_response(app: TestApp) {
    let scene = Scene::of(app).await;
    let mut wrong = Vec::new();
    for (name, entry) in deviations().iter().filter(|(_, entry)| entry.get("request").is_some()) {
        let answer = scene.answer(entry).await;
        if let Some(difference) = difference(entry, &answer) {
            wrong.push(format!("{name}: {difference}: {} {}", answer.status, answer.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn difference(entry: &Json, answer: &Answer) -> Option<String> {
    if entry["status"] != answer.status {
        return Some("another status".to_owned());
    }
    for (name, begins) in entry["headers"].as_object().into_iter().flatten() {
        let mut values = answer.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        if !values.any(|value| value.starts_with(begins.as_str().unwrap())) {
            return Some(format!("the header {name}"));
        }
    }
    let same = entry.get("body").is_none_or(|expected| has(&answer.json(), expected));
    (!same).then(|| "another body".to_owned())
}

/// Whether every named field has this value.
fn has(actual: &Json, expected: &Json) -> bool {
    match expected {
        Json::Object(fields) => {
            fields.iter().all(|(name, value)| actual.get(name).is_some_and(|actual| has(actual, value)))
        }
        _ => actual == expected,
    }
}
