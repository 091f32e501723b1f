//! What became of a message, and what to do where it did not arrive.

use std::time::Duration;

use http::StatusCode;
use http::response::Parts;
use vestibule_core::Timestamp;

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
    /// What happened, for people: "answered 500", "did not answer within 15 s".
    pub reason: String,
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
    pub(crate) fn unanswered(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), status: None, then: Then::Again(None), answer: None }
    }
}

/// What an answer means: 2xx is success, and all else is a failure.
pub(crate) fn judge(head: &Parts, beginning: &[u8], at: Timestamp) -> Result<Answer, Failure> {
    let status = head.status.as_u16();
    if head.status.is_success() {
        return Ok(Answer { status });
    }
    let (reason, then) = if head.status == StatusCode::GONE {
        (format!("answered {status}: it wants no more messages"), Then::Disable)
    } else if head.status.is_redirection() {
        // Following it would be one more way to an address that nobody entered.
        let reason = format!("answered {status}: redirects are not followed; change the endpoint's URL");
        (reason, Then::Again(retry_after(&head.headers, at)))
    } else {
        (format!("answered {status}"), Then::Again(retry_after(&head.headers, at)))
    };
    Err(Failure { reason, status: Some(status), then, answer: as_text(beginning) })
}

/// `15 s`, or `250 ms` where there is a fraction.
pub(crate) fn in_words(duration: Duration) -> String {
    match duration.subsec_millis() {
        0 => format!("{} s", duration.as_secs()),
        _ => format!("{} ms", duration.as_millis()),
    }
}
