//! Errors with their status. What a caller can act on is said in the error's own words. What is a fault of ours is logged
//! once and never sent.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use vestibule_core::{DomainError, ErrorKind};

/// Why a request has no other answer. As a response it has a status, `Retry-After` where that is known, and no body: itself
/// is among the response's extensions, and the crate that serves the response writes it in its own format.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: Option<ErrorKind>,
    code: Option<&'static str>,
    message: String,
    hint: Option<String>,
    retry_after: Option<Duration>,
}

impl Problem {
    /// An error of this kind, in these words.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status: status(kind), kind: Some(kind), code: None, message, hint: None, retry_after: None }
    }

    /// The answer to a caller that is not known, in the reference's one word.
    pub fn unauthorized() -> Self {
        Self::unknown_caller("Unauthorized")
    }

    /// The answer to a caller whose second factor is due, in the reference's words.
    pub fn second_factor_due() -> Self {
        Self::unknown_caller("MFA verification is required to complete this request")
    }

    fn unknown_caller(message: &str) -> Self {
        Self { kind: None, ..Self::new(ErrorKind::Unauthorized, message) }
    }

    /// The kind of error; none where the caller is not known.
    pub fn kind(&self) -> Option<ErrorKind> {
        self.kind
    }

    /// What to do, in our own words, where the message is a sentence of the reference.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened and what to do, in a sentence or two.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The stable code, where there is one.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// When to try again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The same with another status than that of its kind.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same as an error of this kind.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.status = status(kind);
        self.kind = Some(kind);
        self
    }

    /// The same with a stable code for programs.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The same in the reference's sentence, because its clients compare it. Our own words become the `hint`.
    #[must_use]
    pub fn in_the_words_of_the_reference(mut self, sentence: &str) -> Self {
        self.hint = Some(std::mem::replace(&mut self.message, sentence.to_owned()));
        self
    }

    /// The same with when to try again.
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
        problem.retry_after =
            error.retry_after().or((kind == ErrorKind::Unavailable).then_some(Duration::from_secs(2)));
        problem
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
