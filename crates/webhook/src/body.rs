//! Reads the body of a response, within limits.

use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

/// The most that is read, in bytes. A shorter body leaves its connection usable for the next message.
const MAX_LENGTH: usize = 64 * 1024;
/// The most that is kept, in bytes.
const EXCERPT_LENGTH: usize = 512;

/// Returns the first 512 bytes that arrive before the deadline. A body that breaks off is used as far as it came: the
/// status has already decided the message's fate.
pub(crate) async fn read_beginning(mut body: Incoming, deadline: Instant) -> Vec<u8> {
    let mut beginning = Vec::new();
    let mut length = 0;
    while length < MAX_LENGTH {
        let Ok(Some(Ok(frame))) = timeout_at(deadline, body.frame()).await else { break };
        if let Some(data) = frame.data_ref() {
            length += data.len();
            beginning.extend(data.iter().take(EXCERPT_LENGTH - beginning.len()));
        }
    }
    beginning
}

/// Returns the bytes as displayable text: invalid UTF-8, and characters that control a terminal or the direction of
/// text, are replaced. `None` for empty text.
pub(crate) fn as_text(beginning: &[u8]) -> Option<String> {
    let whole = match std::str::from_utf8(beginning) {
        // The limit cut the last character in two.
        Err(error) if error.error_len().is_none() => beginning.get(..error.valid_up_to()).unwrap_or_default(),
        _ => beginning,
    };
    let text: String = String::from_utf8_lossy(whole).chars().map(replace_control).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn replace_control(character: char) -> char {
    match character {
        '\n' | '\r' | '\t' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}
