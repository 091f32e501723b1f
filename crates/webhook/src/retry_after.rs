//! How long a receiver asks to wait: `Retry-After` (RFC 9110 10.2.3).

use std::time::Duration;

use http::{HeaderMap, header};
use vestibule_core::Timestamp;

/// The longest wait that is honoured: a receiver's mistake must not stop its deliveries for years.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads the header. A date counts from `at`, the time of the attempt; one in the past is no wait. An unreadable value
/// is ignored: the header is a request.
pub(crate) fn retry_after(headers: &HeaderMap, at: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large to parse is a long time.
        true => text.parse().map_or(LONGEST, Duration::from_secs),
        false => date(text)?.since(at),
    };
    Some(wait.min(LONGEST))
}

/// Parses `Sun, 06 Nov 1994 08:49:37 GMT`. The two obsolete forms (RFC 9110 5.6.7) are not parsed; servers stopped
/// writing them before there were webhooks.
fn date(text: &str) -> Option<Timestamp> {
    let mut words = text.split_once(", ")?.1.split(' ');
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if words.next() != Some("GMT") || words.next().is_some() {
        return None;
    }
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    format!("{year}-{month:02}-{day}T{time}Z").parse().ok()
}
