//! Request ids: what a log line, an answer and a caller's own records have in common.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use http::{HeaderMap, HeaderName, HeaderValue};
use vestibule_core::Environment;

/// The header that carries the id, in requests and answers.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a request.
const LONGEST: usize = 64;

/// The id of a request; handlers find it among the request's extensions.
///
/// It is the caller's own `x-request-id` where that is 1 to 64 of `A-Z a-z 0-9 . _ -`, else one made here. It is for
/// finding log lines: it is no secret, and a caller may choose one that was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(super) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }

    fn sent_with(headers: &HeaderMap) -> Option<Self> {
        let id = headers.get(X_REQUEST_ID)?;
        let sane = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        ((1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(sane)).then(|| Self(id.clone()))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Makes ids: a part that is random for the process, and a count. A random number for each request would cost a system
/// call, for something that need not be hard to guess.
#[derive(Debug)]
pub(super) struct RequestIds {
    prefix: String,
    made: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(environment: &Environment) -> Self {
        let process = u64::from_be_bytes(environment.random_bytes());
        Self { prefix: format!("req_{process:016x}-"), made: AtomicU64::new(0) }
    }

    /// The id that came with the request, or a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> RequestId {
        RequestId::sent_with(headers).unwrap_or_else(|| self.make())
    }

    fn make(&self) -> RequestId {
        const DIGITS: usize = 10;
        let count = self.made.fetch_add(1, Relaxed) + 1;
        let mut text = String::with_capacity(self.prefix.len() + DIGITS);
        text.push_str(&self.prefix);
        // Writing to a string does not fail, and these letters and digits make a header's value.
        let _ = write!(text, "{count:0DIGITS$x}");
        RequestId(HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("req")))
    }
}
