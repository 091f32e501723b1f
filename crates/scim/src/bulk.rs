//! Many operations in one request (RFC 7644 3.7): one after the other, each on its own.

use std::collections::HashMap;

use axum::body::Bytes;
use http::header::{CONTENT_TYPE, IF_MATCH};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value as Json, json};

use crate::body::attribute;
use crate::call::{Call, note_refusal};
use crate::error::ScimError;
use crate::reply::{Answer, Reply};
use crate::routes::dispatch_one;
use crate::scim::MOST_OPERATIONS;

const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// The mark of a reference to a resource that an earlier operation has created.
const REFERENCE: &str = "bulkId:";

pub(crate) async fn run(call: &Call) -> Answer {
    let body = call.body()?;
    let operations = match attribute(&body, "Operations") {
        Some(Json::Array(operations)) => operations,
        _ => return Err(ScimError::syntax("Operations is a list")),
    };
    if operations.len() > MOST_OPERATIONS {
        return Err(ScimError::too_large(format!("a bulk request has at most {MOST_OPERATIONS} operations")));
    }
    let most_errors = attribute(&body, "failOnErrors").and_then(Json::as_u64).unwrap_or(u64::MAX);
    let (mut created, mut results, mut errors) = (HashMap::new(), Vec::new(), 0);
    for operation in operations {
        if errors >= most_errors.max(1) {
            break;
        }
        let (result, has_failed) = one(call, operation, &mut created).await;
        errors += u64::from(has_failed);
        results.push(result);
    }
    Ok(Reply::of(json!({ "schemas": [RESPONSE], "Operations": results })))
}

/// Runs an operation, and describes what came of it and whether it failed.
async fn one(call: &Call, operation: &Json, created: &mut HashMap<String, String>) -> (Json, bool) {
    let empty = Map::new();
    let operation = operation.as_object().unwrap_or(&empty);
    let text = |name: &str| attribute(operation, name).and_then(Json::as_str);
    let method = text("method").unwrap_or_default().to_ascii_uppercase();
    let bulk_id = text("bulkId");
    let answer = attempt(call, operation, &method, created).await;
    let mut result = Map::new();
    result.insert("method".to_owned(), method.into());
    if let Some(bulk_id) = bulk_id {
        result.insert("bulkId".to_owned(), bulk_id.into());
    }
    let has_failed = answer.is_err();
    match answer {
        Ok(reply) => {
            if let (Some(bulk_id), Some(location)) = (bulk_id, &reply.location) {
                let id = location.rsplit('/').next().unwrap_or_default();
                created.insert(bulk_id.to_owned(), id.to_owned());
            }
            result.insert("status".to_owned(), reply.status.as_str().into());
            for (name, text) in [("location", reply.location), ("version", reply.version)] {
                if let Some(text) = text {
                    result.insert(name.to_owned(), text.into());
                }
            }
        }
        Err(error) => {
            result.insert("status".to_owned(), error.status.as_str().into());
            result.insert("response".to_owned(), error.body());
        }
    }
    (result.into(), has_failed)
}

async fn attempt(
    call: &Call,
    operation: &Map<String, Json>,
    method: &str,
    created: &HashMap<String, String>,
) -> Answer {
    let text = |name: &str| attribute(operation, name).and_then(Json::as_str);
    let method = match method {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        _ => return Err(ScimError::syntax("method is POST, PUT, PATCH or DELETE")),
    };
    if method == Method::POST && text("bulkId").is_none() {
        return Err(ScimError::syntax("POST needs a bulkId"));
    }
    let path = resolved(text("path").unwrap_or_default(), created)?;
    if path.contains(".search") || path.trim_matches('/') == "Bulk" {
        return Err(ScimError::path("a bulk request changes users and groups"));
    }
    let mut data = attribute(operation, "data").cloned().unwrap_or_else(|| Json::Object(Map::new()));
    resolve(&mut data, created)?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
    if let Some(version) = text("version").and_then(|version| HeaderValue::from_str(version).ok()) {
        headers.insert(IF_MATCH, version);
    }
    let inner = Call { headers, query: Vec::new(), bytes: Bytes::from(data.to_string()), ..call.clone() };
    let answer = Box::pin(dispatch_one(&inner, &method, &path)).await;
    if let Err(error) = &answer {
        note_refusal(&inner, &method, &format!("/{}", path.trim_matches('/')), error).await;
    }
    answer
}

/// Puts the ids of created resources in place of references to them.
fn resolve(value: &mut Json, created: &HashMap<String, String>) -> Result<(), ScimError> {
    match value {
        Json::String(text) if text.starts_with(REFERENCE) => {
            *text = resolved(text, created)?;
            Ok(())
        }
        Json::Array(items) => items.iter_mut().try_for_each(|item| resolve(item, created)),
        Json::Object(object) => object.values_mut().try_for_each(|value| resolve(value, created)),
        _ => Ok(()),
    }
}

fn resolved(text: &str, created: &HashMap<String, String>) -> Result<String, ScimError> {
    let Some((before, rest)) = text.split_once(REFERENCE) else { return Ok(text.to_owned()) };
    let id = rest.split('/').next().unwrap_or_default();
    let unknown = || ScimError {
        scim_type: Some("invalidValue"),
        ..ScimError::status(StatusCode::CONFLICT, format!("no operation before this one has created bulkId:{id}"))
    };
    let known = created.get(id).ok_or_else(unknown)?;
    Ok(format!("{before}{known}{}", rest.strip_prefix(id).unwrap_or_default()))
}
