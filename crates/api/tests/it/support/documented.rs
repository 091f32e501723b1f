//! The routes as in the OpenAPI document: tests of every route read them from here, and every response of every test is
//! checked against them.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::Answer;

/// A method of a route.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// `POST`
    pub(crate) method: String,
    /// `/admin/users/{id}`
    pub(crate) path: String,
    /// The document's description of it.
    pub(crate) about: Json,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let document = document();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, about) in methods.as_object().unwrap() {
            let about = resolved(about, &document, &mut Vec::new());
            operations.push(Operation { method: method.to_uppercase(), path: path.clone(), about });
        }
    }
    // Where a path fits two, the one with fewer parameters is meant.
    operations.sort_by_key(|operation| operation.path.matches('{').count());
    operations
});

/// The document.
pub(crate) fn document() -> Json {
    serde_json::from_str(&vestibule_api::openapi::document(Default::default())).unwrap()
}

/// Every method of every route.
pub(crate) fn operations() -> &'static [Operation] {
    &OPERATIONS
}

impl Operation {
    /// Whether it requires authentication.
    pub(crate) fn is_guarded(&self) -> bool {
        self.about["security"].as_array().is_some_and(|ways| !ways.is_empty())
    }

    /// The properties of its body; none where it takes no body.
    pub(crate) fn body(&self) -> Option<&serde_json::Map<String, Json>> {
        self.about["requestBody"]["content"]["application/json"]["schema"]["properties"].as_object()
    }

    /// The required fields of its body.
    pub(crate) fn required_fields(&self) -> Vec<&str> {
        let required = &self.about["requestBody"]["content"]["application/json"]["schema"]["required"];
        required.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
    }

    /// The path with these values in place of its parameters.
    pub(crate) fn at(&self, value: impl Fn(&str) -> String) -> String {
        let mut path = self.path.clone();
        for parameter in self.about["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] == "path" {
                let name = parameter["name"].as_str().unwrap();
                path = path.replace(&format!("{{{name}}}"), &value(name));
            }
        }
        assert!(!path.contains('{'), "{} has a parameter that it does not document", self.path);
        path
    }

    fn is_at(&self, method: &str, path: &str) -> bool {
        let (mut template, mut path) = (self.path.split('/'), path.split('/'));
        self.method == method
            && loop {
                match (template.next(), path.next()) {
                    (None, None) => break true,
                    (Some(part), Some(segment)) if part == segment => {}
                    (Some(part), Some(segment)) if part.starts_with('{') && !segment.is_empty() => {}
                    _ => break false,
                }
            }
    }
}

/// Fails where a response is not as documented for its operation: its status, its content type, the header
/// `Retry-After`, the fields of its body, their kinds.
#[track_caller]
pub(super) fn check(answer: &Answer) {
    let (method, rest) = answer.asked.0.split_once(' ').unwrap();
    let path = rest.split('?').next().unwrap();
    let operation = OPERATIONS.iter().find(|operation| operation.is_at(method, path));
    // 405 is the response to what is not an operation: `GET /auth/invites/preview` looks like a provider's.
    let Some(operation) = operation.filter(|_| answer.status != 405) else { return };
    let name = format!("{} {} {}", operation.method, operation.path, answer.status);
    let response = &operation.about["responses"][answer.status.to_string()];
    assert!(response.is_object(), "{name} is not documented: {} answered {}", answer.asked, answer.text());
    let has_to_wait = response["headers"]["Retry-After"].is_object();
    assert_eq!(answer.header("retry-after").is_some(), has_to_wait, "{name}: Retry-After");
    let content = response["content"].as_object();
    assert_eq!(content.is_none(), answer.body.is_empty() && answer.header("content-type").is_none(), "{name}: content");
    let Some(content) = content else { return };
    let sent = answer.header("content-type").unwrap_or_default().split(';').next().unwrap();
    let media = content.get(sent).unwrap_or_else(|| panic!("{name}: the content type '{sent}' is not documented"));
    match sent {
        "application/json" => matches(&media["schema"], &answer.json(), &name),
        "application/x-ndjson" => {
            for line in answer.text().lines() {
                matches(&media["schema"], &serde_json::from_str(line).unwrap(), &name);
            }
        }
        _ => assert_eq!(media["schema"]["type"], "string", "{name}"),
    }
}

/// Fails where `value` is not what `schema` says.
#[track_caller]
fn matches(schema: &Json, value: &Json, place: &str) {
    if let Some(choices) = schema["oneOf"].as_array() {
        let is_null = |choice: &&Json| choice["type"] == "null";
        match (value.is_null(), choices.iter().find(is_null), choices.iter().find(|choice| !is_null(choice))) {
            (true, Some(_), _) => return,
            (false, _, Some(choice)) => return matches(choice, value, place),
            _ => panic!("{place}: {value} is none of {schema}"),
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::String(one) => vec![one],
        Json::Array(several) => several.iter().map(|one| one.as_str().unwrap()).collect(),
        _ => return,
    };
    let is = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    assert!(types.contains(&is), "{place}: {value} is {is}, not {types:?}");
    if let Some(choices) = schema["enum"].as_array() {
        assert!(choices.contains(value), "{place}: {value} is none of {choices:?}");
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        matches(&schema["items"], item, &format!("{place}[{number}]"));
    }
    let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object()) else { return };
    for name in object.keys() {
        assert!(properties.contains_key(name), "{place}.{name} is not documented");
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, schema) in properties {
        match object.get(name) {
            Some(value) => matches(schema, value, &format!("{place}.{name}")),
            None => assert!(!required.contains(&json!(name)), "{place}.{name} is missing"),
        }
    }
}

/// How often one schema is resolved within itself.
const DEEPEST: usize = 2;

/// `value` with its references resolved.
fn resolved<'a>(value: &'a Json, document: &'a Json, within: &mut Vec<&'a str>) -> Json {
    match value {
        Json::Object(object) => match object.get("$ref").and_then(Json::as_str) {
            // Roles relate to users, and users to roles: as deep as any response goes, and no deeper.
            Some(reference) if within.iter().filter(|outer| **outer == reference).count() > DEEPEST => Json::Null,
            Some(reference) => {
                within.push(reference);
                let found = document.pointer(reference.strip_prefix('#').unwrap()).unwrap();
                let found = resolved(found, document, within);
                within.pop();
                found
            }
            None => object.iter().map(|(key, value)| (key.clone(), resolved(value, document, within))).collect(),
        },
        Json::Array(items) => items.iter().map(|item| resolved(item, document, within)).collect(),
        other => other.clone(),
    }
}
