//! The format of problems: `{ "code"?, "type"?, "message", "hint"? }`, as the reference's clients read them.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_core::ErrorKind;
use vestibule_web::Problem;

use crate::respond::JSON;

/// What went wrong.
// The fields are in the reference's order.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorBody {
    /// Distinguishes errors of one kind for programs: `invite_expired`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<&'static str>,
    /// The kind: `invalid_data`, `not_allowed`, `unauthorized`, `forbidden`, `not_found`, `conflict`,
    /// `duplicate_error`, `too_many_requests`, `unavailable` or `unknown_error`. Absent where no one is signed in.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(example = "invalid_data", nullable = false)]
    kind: Option<&'static str>,
    /// What happened, and what to do, for people.
    message: String,
    /// A better message, where clients compare `message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hint: Option<String>,
}

/// Writes the problem that a response carries into its body.
pub(crate) async fn write(mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let body = ErrorBody {
        code: problem.code(),
        kind: problem.kind().map(name),
        message: problem.message().to_owned(),
        hint: problem.hint().map(str::to_owned),
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
