//! The result of sending a message, and what to do after a failure.

use std::time::Duration;

use http::StatusCode;
use http::response::Parts;
use vestibule_core::Timestamp;

use crate::Reason;
use crate::body::as_text;
use crate::retry_after::retry_after;

/// The receiver accepted the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status, 200 to 299.
    pub status: u16,
}

/// The message did not arrive, or was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// What happened, without [`answer`](Self::answer).
    pub reason: Box<Reason>,
    /// The status, if there was a response.
    pub status: Option<u16>,
    /// What to do next.
    pub then: Then,
    /// The first 512 bytes of the response's body as text, with control characters replaced.
    pub answer: Option<String>,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Try again; if the receiver set a time, not before it, at most a day.
    Again(Option<Duration>),
    /// Status 410: the receiver wants no more messages (Standard Webhooks 1.0, "Delivery").
    Disable,
}

impl Failure {
    /// Creates the failure of an attempt without a response.
    pub(crate) fn without_response(reason: Reason) -> Self {
        Self { reason: Box::new(reason), status: None, then: Then::Again(None), answer: None }
    }
}

/// Interprets a response: 2xx is success, everything else a failure.
pub(crate) fn classify(head: &Parts, beginning: &[u8], at: Timestamp) -> Result<Answer, Failure> {
    let status = head.status.as_u16();
    if head.status.is_success() {
        return Ok(Answer { status });
    }
    let again = || Then::Again(retry_after(&head.headers, at));
    let (reason, then) = if head.status == StatusCode::GONE {
        (Reason::Gone, Then::Disable)
    } else if head.status.is_redirection() {
        // Following it could lead to an address that no one configured.
        (Reason::Redirected { status, answer: None }, again())
    } else {
        (Reason::Answered { status, answer: None }, again())
    };
    Err(Failure { reason: Box::new(reason), status: Some(status), then, answer: as_text(beginning) })
}
