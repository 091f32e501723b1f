//! How long a receiver asks to be left alone: `Retry-After` (RFC 9110 10.2.3).

use std::time::Duration;

use http::{HeaderMap, header};
use vestibule_core::Timestamp;

/// The longest that is heeded: a receiver's mistake must not stop its deliveries for years.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads the header. A moment is counted from `at`, the moment of the attempt; one that has passed is no wait at all.
/// What cannot be read is as if it were not there: the header is a wish.
pub(crate) fn retry_after(headers: &HeaderMap, at: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large to be read is a long time.
        true => text.parse().map_or(LONGEST, Duration::from_secs),
        false => date(text)?.since(at),
    };
    Some(wait.min(LONGEST))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`. The two obsolete forms (RFC 9110 5.6.7) are not read; servers stopped writing them
/// before there were webhooks.
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
