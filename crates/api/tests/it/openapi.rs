//! `/openapi.json`: the served document equals the file, and has every route.

use serde_json::{Value as Json, json};
use vestibule_api::routes::ROUTES;
use vestibule_web::access::{Access, Route};

use crate::support::TestApp;
use crate::support::documented::{document, operations};

/// The document as a file, to read without a server and to see changes in a review.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// With `UPDATE_SNAPSHOTS=1` the file is written again.
#[test]
fn the_file_is_up_to_date() {
    let present = vestibule_api::openapi::document(Default::default());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(FILE, &present).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == present,
        "the API's description has changed: review it with UPDATE_SNAPSHOTS=1 and `git diff {FILE}`"
    );
}

#[tokio::test]
async fn the_served_document_equals_the_file() {
    let app = TestApp::sqlite().await;
    let served = app.anonymous().get("/openapi.json").await;
    assert_eq!(served.ok(), document());
    assert_eq!(served.header("content-type"), Some("application/json"));
}

/// `auth.password_min_length` decides what the document says of new passwords.
#[test]
fn new_passwords_have_the_least_length_that_is_configured() {
    let policy = vestibule_auth::PasswordPolicy::new(12, 3).unwrap();
    let document: Json = serde_json::from_str(&vestibule_api::openapi::document(policy)).unwrap();
    for (body, field) in [
        ("NewPassword", "password"),
        ("CreateUserBody", "password"),
        ("AcceptInOneStepBody", "password"),
        ("ChangePasswordBody", "new_password"),
    ] {
        assert_eq!(document["components"]["schemas"][body]["properties"][field]["minLength"], 12, "{body}");
    }
    let present = &document["components"]["schemas"]["ChangePasswordBody"]["properties"]["current_password"];
    assert_eq!(present["minLength"], 1);
}

/// Every line of the route table is in the document.
#[test]
fn every_route_is_documented() {
    let document = document();
    let is_missing = |route: &&Route| {
        // For these two methods the path is that of `/admin/users/{id}`.
        let is_an_id = route.path == "/admin/users/me" && route.method != "GET";
        !is_an_id && document["paths"][route.path][route.method.to_lowercase()].is_null()
    };
    let missing: Vec<&Route> = ROUTES.iter().filter(is_missing).collect();
    assert_eq!(missing, Vec::<&Route>::new());
}

#[test]
fn every_operation_documents_its_responses_and_callers() {
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let about = &operation.about;
        assert!(about["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name} has no summary");
        let responses = about["responses"].as_object().unwrap();
        assert!(responses.contains_key("200") || responses.contains_key("201"), "{name}");
        let route = ROUTES.iter().find(|route| route.method == operation.method && route.path == operation.path);
        // Any caller may send the token of a reset, which is not a session's: the route itself checks it.
        let takes_a_reset = operation.path.ends_with("/update");
        assert_eq!(operation.is_guarded(), route.unwrap().access != Access::Public || takes_a_reset, "{name}");
        assert!(!operation.is_guarded() || responses.contains_key("401"), "{name}");
        if let Some(properties) = operation.body() {
            let takes_a_body = ["POST", "DELETE"].contains(&operation.method.as_str());
            assert!(!properties.is_empty() && takes_a_body, "{name}");
        }
        for schema in responses.values().filter_map(|response| response.pointer("/content/application~1json/schema")) {
            assert!(schema["properties"].is_object() || schema["type"] == json!("string"), "{name}: {schema}");
        }
    }
}

/// Every operation documents the responses of the server and of the guard in front of it.
#[test]
fn every_operation_documents_the_errors_of_its_guard_and_of_the_server() {
    for operation in operations() {
        let route =
            ROUTES.iter().find(|route| route.method == operation.method && route.path == operation.path).unwrap();
        let responses = operation.about["responses"].as_object().unwrap();
        let may_be_refused = match route.access {
            // Another website may send it; every other caller that gets this far passes.
            Access::Public | Access::Bearer | Access::Challenge | Access::Enrolment | Access::Factors => {
                route.method != "GET"
            }
            Access::Known | Access::Owner | Access::User | Access::Policies(_) => true,
        };
        for (status, is_due) in [
            ("400", true),
            ("401", route.access != Access::Public),
            ("403", may_be_refused),
            ("408", true),
            ("413", true),
            ("429", route.is_rate_limited),
            ("503", route.access != Access::Public || route.is_rate_limited),
        ] {
            assert!(!is_due || responses.contains_key(status), "{} {} {status}", operation.method, operation.path);
        }
        for (status, response) in responses {
            let name = format!("{} {} {status}", operation.method, operation.path);
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
            let has_to_wait = matches!(status.as_str(), "429" | "503");
            assert_eq!(response["headers"]["Retry-After"].is_object(), has_to_wait, "{name}");
        }
    }
}

/// `fields` may exclude everything but the id, also in selected relations.
#[test]
fn operations_with_fields_guarantee_the_id_alone() {
    fn check(schema: &Json, name: &str) -> usize {
        let required = schema["required"].as_array();
        let selected = usize::from(schema["properties"]["id"].is_object());
        assert!(selected == 0 || required == Some(&vec![json!("id")]), "{name}: {required:?}");
        let properties = schema["properties"].as_object().into_iter().flatten().map(|(_, schema)| schema);
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        let inner = properties.chain(choices).chain(schema.get("items"));
        selected + inner.map(|schema| check(schema, name)).sum::<usize>()
    }
    let mut count = 0;
    for operation in operations() {
        let mut parameters = operation.about["parameters"].as_array().into_iter().flatten();
        if parameters.any(|parameter| parameter["name"] == "fields") {
            let name = format!("{} {}", operation.method, operation.path);
            let content = operation.about["responses"]["200"]["content"].as_object().unwrap();
            assert!(content.values().map(|media| check(&media["schema"], &name)).sum::<usize>() > 0, "{name}");
            count += 1;
        }
    }
    assert!(count > 25, "{count}");
}

/// The document describes how to send an API key, and which routes accept it.
#[test]
fn every_route_open_to_api_keys_takes_http_basic() {
    let schemes = &document()["components"]["securitySchemes"];
    for scheme in ["basic", "bearer"] {
        assert_eq!((&schemes[scheme]["type"], &schemes[scheme]["scheme"]), (&json!("http"), &json!(scheme)));
    }
    for operation in operations() {
        let route = ROUTES.iter().find(|route| route.method == operation.method && route.path == operation.path);
        let ways = operation.about["security"].as_array().into_iter().flatten();
        let takes_basic = ways.filter(|way| way["basic"] == json!([])).count();
        let lets_programs_in = matches!(route.unwrap().access, Access::Policies(_));
        assert_eq!(takes_basic, usize::from(lets_programs_in), "{} {}", operation.method, operation.path);
    }
}

/// Clients name a function after each, and the page an anchor.
#[test]
fn every_operation_has_a_unique_id() {
    let mut ids: Vec<String> =
        operations().iter().map(|operation| operation.about["operationId"].to_string()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
}
