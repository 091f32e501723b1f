//! Request ids: they link a log line, a response and a client's own records.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use http::{HeaderMap, HeaderName, HeaderValue};
use vestibule_core::Environment;

/// The header that carries the id, in requests and responses.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is accepted from a request.
const LONGEST: usize = 64;

/// The id of a request; handlers find it among the request's extensions.
///
/// The client's own `x-request-id` if it is 1 to 64 of `A-Z a-z 0-9 . _ -`, else a generated one. It serves to find log
/// lines: it is no secret, and a client may reuse an old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Returns the id as text.
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

/// Generates ids: a part that is random for the process, and a counter. A random number for each request would cost a
/// system call, and ids need not be hard to guess.
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

    /// Returns the id that the request carries, or a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> RequestId {
        RequestId::sent_with(headers).unwrap_or_else(|| self.make())
    }

    fn make(&self) -> RequestId {
        const DIGITS: usize = 10;
        let count = self.made.fetch_add(1, Relaxed) + 1;
        let mut text = String::with_capacity(self.prefix.len() + DIGITS);
        text.push_str(&self.prefix);
        // Writing to a string cannot fail, and these characters are valid in a header.
        let _ = write!(text, "{count:0DIGITS$x}");
        RequestId(HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("req")))
    }
}
