//! The body of an error response: `{ "code"?, "type", "message" }`.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

/// An error as clients see it. The fields have the reference's order.
#[derive(Debug, Serialize)]
pub(super) struct ErrorBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'a str>,
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    pub(super) message: &'a str,
}

impl ErrorBody<'_> {
    /// Returns the response with this body.
    pub(super) fn with_status(&self, status: StatusCode) -> Response {
        // Three strings always serialize; the status would be enough without them.
        let json = serde_json::to_vec(self).unwrap_or_default();
        let mut response = Response::new(Body::from(json));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        response
    }
}
