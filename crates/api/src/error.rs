//! The format of problems: `{ "code"?, "type"?, "message", "hint"? }`, as the reference's clients read them.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Serialize;
use vestibule_core::ErrorKind;
use vestibule_web::Problem;

use crate::respond::JSON;

/// The fields are in the reference's order.
#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

/// Writes the problem that a response carries into its body.
pub(crate) async fn write(mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let body = ErrorBody {
        code: problem.code(),
        kind: problem.kind().map(name),
        message: problem.message(),
        hint: problem.hint(),
    };
    // Serializing text cannot fail; if it did, the status would still be right.
    *response.body_mut() = Body::from(serde_json::to_vec(&body).unwrap_or_default());
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// Returns the reference's name of a kind.
fn name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidData => "invalid_data",
        ErrorKind::NotAllowed => "not_allowed",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Conflict => "conflict",
        ErrorKind::Duplicate => "duplicate_error",
        ErrorKind::TooManyRequests => "too_many_requests",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Internal => "unknown_error",
    }
}
