//! Responses: JSON of SCIM's type, with the version and the location of a resource.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::Value as Json;

use crate::error::ScimError;

/// The content type of SCIM (RFC 7644 3.1).
const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json");

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Json>,
    pub(crate) location: Option<String>,
    pub(crate) version: Option<String>,
}

/// What a handler returns.
pub(crate) type Answer = Result<Reply, ScimError>;

impl Reply {
    /// A body without a version.
    pub(crate) fn of(body: Json) -> Self {
        Self { status: StatusCode::OK, body: Some(body), location: None, version: None }
    }

    /// Nothing to say.
    pub(crate) fn nothing(status: StatusCode) -> Self {
        Self { status, body: None, location: None, version: None }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = match &self.body {
            Some(body) => {
                let mut response = Response::new(Body::from(body.to_string()));
                response.headers_mut().insert(CONTENT_TYPE, SCIM_JSON);
                response
            }
            None => Response::new(Body::empty()),
        };
        *response.status_mut() = self.status;
        for (name, text) in [(LOCATION, self.location), (ETAG, self.version)] {
            if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let body = self.body();
        let mut response = Reply { status: self.status, ..Reply::of(body) }.into_response();
        if let Some(after) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
