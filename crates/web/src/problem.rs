//! Errors with their status. A caller receives the message of an error that it can act on; the cause of an internal error
//! is logged once and never sent.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use vestibule_core::{DomainError, ErrorDetail, ErrorKind};

/// Why a request failed. Its response has a status, `Retry-After` where known, and no body: the problem is an extension of
/// the response, and the crate that serves it writes the body in its own format.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: Option<ErrorKind>,
    code: Option<&'static str>,
    message: String,
    hint: Option<String>,
    retry_after: Option<Duration>,
    detail: Option<ErrorDetail>,
}

impl Problem {
    /// Creates a problem of this kind with this message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status: status(kind),
            kind: Some(kind),
            code: None,
            message,
            hint: None,
            retry_after: None,
            detail: None,
        }
    }

    /// Creates the response to an unknown caller, with the reference's message.
    pub fn unauthorized() -> Self {
        Self::unknown_caller("Unauthorized")
    }

    /// Creates the response to a caller whose second factor is due, with the reference's message.
    pub fn second_factor_due() -> Self {
        Self::unknown_caller("MFA verification is required to complete this request")
    }

    fn unknown_caller(message: &str) -> Self {
        Self { kind: None, ..Self::new(ErrorKind::Unauthorized, message) }
    }

    /// Returns the kind of error; none for an unknown caller.
    pub fn kind(&self) -> Option<ErrorKind> {
        self.kind
    }

    /// Returns our own message, where [`Problem::message`] is a sentence of the reference.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns what happened and what to do, in a sentence or two.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the stable code, if there is one.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// Returns how long to wait before trying again, if known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Returns what the message has beyond the code, if it is of this type.
    pub fn detail<T: 'static>(&self) -> Option<&T> {
        self.detail.as_ref()?.downcast_ref()
    }

    /// Sets a status other than that of its kind.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Sets the kind, and the status with it.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.status = status(kind);
        self.kind = Some(kind);
        self
    }

    /// Sets a stable code for programs.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Sets the message to the reference's, because its clients compare it. Our own becomes the `hint`.
    #[must_use]
    pub fn with_message_of_reference(mut self, sentence: &str) -> Self {
        self.hint = Some(std::mem::replace(&mut self.message, sentence.to_owned()));
        self
    }

    /// Sets how long to wait before trying again.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}

fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::InvalidData | ErrorKind::NotAllowed => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Duplicate => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl<E: DomainError + 'static> From<E> for Problem {
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
        let mut problem = Self::new(kind, message);
        problem.code = if kind == ErrorKind::Internal { Some("unknown_error") } else { error.code() };
        problem.detail = error.detail();
        problem.retry_after =
            error.retry_after().or((kind == ErrorKind::Unavailable).then_some(Duration::from_secs(2)));
        problem
    }
}

/// An error with its causes, for the log.
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

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(after) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        response.extensions_mut().insert(self);
        response
    }
}
