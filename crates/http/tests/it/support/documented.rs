//! The routes as the OpenAPI document has them: what is tested of every route is read from here.

use serde_json::Value as Json;

/// A method of a route.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// `POST`
    pub(crate) method: String,
    /// `/admin/users/{id}`
    pub(crate) path: String,
    /// What the document says of it.
    pub(crate) about: Json,
}

/// The document.
pub(crate) fn document() -> Json {
    serde_json::from_str(&vestibule_http::openapi::document()).unwrap()
}

/// Every method of every route.
pub(crate) fn operations() -> Vec<Operation> {
    let document = document();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, about) in methods.as_object().unwrap() {
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                about: resolved(about, &document),
            });
        }
    }
    operations
}

impl Operation {
    /// Whether it asks who somebody is.
    pub(crate) fn is_guarded(&self) -> bool {
        self.about["security"].as_array().is_some_and(|ways| !ways.is_empty())
    }

    /// The properties of the body that it takes; none where it takes no body.
    pub(crate) fn body(&self) -> Option<&serde_json::Map<String, Json>> {
        self.about["requestBody"]["content"]["application/json"]["schema"]["properties"].as_object()
    }

    /// The path with these values in the place of its parameters.
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
}

/// `value` with what its references stand for.
pub(crate) fn resolved(value: &Json, document: &Json) -> Json {
    match value {
        Json::Object(object) => match object.get("$ref").and_then(Json::as_str) {
            Some(reference) => resolved(document.pointer(reference.strip_prefix('#').unwrap()).unwrap(), document),
            None => object.iter().map(|(key, value)| (key.clone(), resolved(value, document))).collect(),
        },
        Json::Array(items) => items.iter().map(|item| resolved(item, document)).collect(),
        other => other.clone(),
    }
}
