//! What is kept of the reference, beside the recording that it was taken from.

use std::path::Path;

use serde_json::{Value as Json, json};

/// The recording lies beside the checkout where Vestibule is developed, and nowhere else.
#[test]
fn the_kept_exchange_equals_the_recording_beside_the_checkout() {
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
    for (group, kept) in super::expected().as_object().unwrap() {
        let recorded = recorded[format!("open.{group}")].as_array().unwrap();
        let recorded: Vec<Json> = recorded.iter().map(|step| as_kept(step, group, &deviations)).collect();
        assert_eq!(kept, &Json::Array(recorded), "{group}");
    }
}

/// A step of the recording in our form.
fn as_kept(step: &Json, group: &str, deviations: &Json) -> Json {
    let label = step["label"].as_str().unwrap();
    let mut kept = json!({ "label": label });
    for part in ["claims", "value", "status", "body"] {
        if let Some(value) = step.get(part) {
            kept[part] = value.clone();
        }
    }
    if let Some(request) = step.get("request") {
        assert_eq!(step["content_type"], "application/json", "{label}");
        let parts = ["method", "path", "body"].map(|part| request[part].clone());
        kept["request"] = parts.into_iter().filter(|part| !part.is_null()).collect();
    }
    if let Some(cookies) = step.get("set_cookie").filter(|cookies| **cookies != json!([])) {
        kept["set_cookie"] = cookies.clone();
    }
    if let Some(deviation) = deviations.get(format!("{group}/{label}")) {
        kept["deviation"] = deviation.clone();
    }
    kept
}
