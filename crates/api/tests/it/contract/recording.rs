//! Compares the expected exchange with the recording from which it was made.

use std::path::Path;

use serde_json::{Value as Json, json};

/// The recording exists only beside the checkout in which Vestibule is developed.
#[test]
fn the_expected_exchange_equals_the_recording_beside_the_checkout() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contract");
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        // The password of the reference's administrator is refused here: it is too easy to guess.
        let text = text.replace("supersecret", super::exchange::ADMIN_PASSWORD);
        Some(serde_json::from_str::<Json>(&text).unwrap())
    };
    let (Some(recorded), Some(deviations)) = (read("reference_open.json"), read("deviations.json")) else {
        println!("NOT CHECKED: there is no recording of the reference in {}", folder.display());
        return;
    };
    for (group, expected) in super::expected().as_object().unwrap() {
        let recorded = recorded[format!("open.{group}")].as_array().unwrap();
        let recorded: Vec<Json> = recorded.iter().map(|step| as_expected(step, group, &deviations)).collect();
        assert_eq!(expected, &Json::Array(recorded), "{group}");
    }
}

/// A step of the recording in our form.
fn as_expected(step: &Json, group: &str, deviations: &Json) -> Json {
    let label = step["label"].as_str().unwrap();
    let mut expected = json!({ "label": label });
    for part in ["claims", "value", "status", "body"] {
        if let Some(value) = step.get(part) {
            expected[part] = value.clone();
        }
    }
    if let Some(request) = step.get("request") {
        assert_eq!(step["content_type"], "application/json", "{label}");
        let parts = ["method", "path", "body"].map(|part| request[part].clone());
        expected["request"] = parts.into_iter().filter(|part| !part.is_null()).collect();
    }
    if let Some(cookies) = step.get("set_cookie").filter(|cookies| **cookies != json!([])) {
        expected["set_cookie"] = cookies.clone();
    }
    if let Some(deviation) = deviations.get(format!("{group}/{label}")) {
        expected["deviation"] = deviation.clone();
        // The reasons are in our own words, in `docs/deviations.json`.
        expected["deviation"].as_object_mut().unwrap().remove("why");
    }
    expected
}
