//! The one place where errors become statuses and bodies: `{ "type", "code"?, "message", "hint"? }`.
//!
//! What a caller can act on is told in the error's own words. What is our own fault is logged once and never told.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use vestibule_core::{DomainError, ErrorKind};

use crate::refused::RefusalCode;
use crate::respond::json_with;

/// An error, as it is answered. A response that refuses a request has it among its extensions.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    body: Body,
    retry_after: Option<Duration>,
}

#[derive(Debug, Clone, Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl ApiError {
    /// An error of this kind, in these words.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let (status, kind) = status(kind);
        Self {
            status,
            body: Body { code: None, kind: Some(kind), message: message.into(), hint: None },
            retry_after: None,
        }
    }

    /// The answer of a route to somebody whom it does not know, in the reference's one word.
    pub fn unauthorized() -> Self {
        let body = Body { code: None, kind: None, message: "Unauthorized".to_owned(), hint: None };
        Self { status: StatusCode::UNAUTHORIZED, body, retry_after: None }
    }

    /// The answer to somebody whose second factor is due, in the reference's words.
    pub(crate) fn second_factor_due() -> Self {
        let message = "MFA verification is required to complete this request".to_owned();
        let body = Body { code: None, kind: None, message, hint: None };
        Self { status: StatusCode::UNAUTHORIZED, body, retry_after: None }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened and what to do, in a sentence or two.
    pub fn message(&self) -> &str {
        &self.body.message
    }

    /// The stable code, where there is one.
    pub fn code(&self) -> Option<&'static str> {
        self.body.code
    }

    /// When to try again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The same with another status than that of its kind.
    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same as an error of this kind.
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        let (status, kind) = status(kind);
        self.status = status;
        self.body.kind = Some(kind);
        self
    }

    /// The same with a stable code for programs.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.body.code = Some(code);
        self
    }

    /// The same in the reference's sentence, because its clients compare it. Our own words become the `hint`.
    #[must_use]
    pub(crate) fn in_the_words_of_the_reference(mut self, sentence: &str) -> Self {
        self.body.hint = Some(std::mem::replace(&mut self.body.message, sentence.to_owned()));
        self
    }

    /// The same with when to try again.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}

fn status(kind: ErrorKind) -> (StatusCode, &'static str) {
    match kind {
        ErrorKind::InvalidData => (StatusCode::BAD_REQUEST, "invalid_data"),
        ErrorKind::NotAllowed => (StatusCode::BAD_REQUEST, "not_allowed"),
        ErrorKind::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
        ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
        ErrorKind::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        ErrorKind::Conflict => (StatusCode::CONFLICT, "conflict"),
        ErrorKind::Duplicate => (StatusCode::UNPROCESSABLE_ENTITY, "duplicate_error"),
        ErrorKind::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
        ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "unknown_error"),
    }
}

impl<E: DomainError + 'static> From<E> for ApiError {
    fn from(error: E) -> Self {
        let kind = error.kind();
        let message = match kind {
            ErrorKind::Internal => {
                tracing::error!(cause = %Causes(&error), "a request failed");
                "An unknown error occurred.".to_owned()
            }
            ErrorKind::Unavailable => {
                tracing::warn!(cause = %Causes(&error), "a request could not be served");
                "The service is not available at the moment. Nothing was changed unless you see it; try again in a few seconds.".to_owned()
            }
            _ => error.to_string(),
        };
        if kind == ErrorKind::Unauthorized && message == "Unauthorized" {
            return Self::unauthorized();
        }
        let mut api_error = Self::new(kind, message);
        api_error.body.code = if kind == ErrorKind::Internal { Some("unknown_error") } else { error.code() };
        api_error.retry_after =
            error.retry_after().or((kind == ErrorKind::Unavailable).then_some(Duration::from_secs(2)));
        api_error
    }
}

/// An error and what caused it, for the log.
struct Causes<'a>(&'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = json_with(self.status, &self.body);
        if self.status == StatusCode::FORBIDDEN {
            response.extensions_mut().insert(RefusalCode(self.body.code));
            response.extensions_mut().insert(self.clone());
        }
        if let Some(after) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        response
    }
}
