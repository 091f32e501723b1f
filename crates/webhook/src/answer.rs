//! What became of a message, and what to do where it did not arrive.

use std::time::Duration;

use http::StatusCode;
use http::response::Parts;
use vestibule_core::Timestamp;

use crate::Reason;
use crate::body::as_text;
use crate::retry_after::retry_after;

/// The receiver took the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status, 200 to 299.
    pub status: u16,
}

/// The message did not arrive, or was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// What happened. It does not have [`answer`](Self::answer) in it.
    pub reason: Box<Reason>,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// What to do.
    pub then: Then,
    /// The first 512 bytes of the answer's body as text, with control characters replaced.
    pub answer: Option<String>,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Try again; not before this long, at most a day, where the receiver said so.
    Again(Option<Duration>),
    /// It answered 410: it wants no more messages (Standard Webhooks 1.0, "Delivery").
    Disable,
}

impl Failure {
    /// There was no answer.
    pub(crate) fn without_response(reason: Reason) -> Self {
        Self { reason: Box::new(reason), status: None, then: Then::Again(None), answer: None }
    }
}

/// What an answer means: 2xx is success, and all else is a failure.
pub(crate) fn judge(head: &Parts, beginning: &[u8], at: Timestamp) -> Result<Answer, Failure> {
    let status = head.status.as_u16();
    if head.status.is_success() {
        return Ok(Answer { status });
    }
    let again = || Then::Again(retry_after(&head.headers, at));
    let (reason, then) = if head.status == StatusCode::GONE {
        (Reason::Gone, Then::Disable)
    } else if head.status.is_redirection() {
        // Following it would be one more way to an address that nobody entered.
        (Reason::Redirected { status, answer: None }, again())
    } else {
        (Reason::Answered { status, answer: None }, again())
    };
    Err(Failure { reason: Box::new(reason), status: Some(status), then, answer: as_text(beginning) })
}
