//! Reads the body of an answer, but not for ever.

use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

/// How much is read, in bytes. A body that ends within it leaves its connection for the next message.
const MAX_LENGTH: usize = 64 * 1024;
/// How much is kept, in bytes.
const EXCERPT_LENGTH: usize = 512;

/// Returns the first 512 bytes of what came until the deadline. A body that breaks off is what there was of it: the
/// status has said already what became of the message.
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

/// The bytes as text that is safe to show: what is not UTF-8, and characters that control a terminal or the direction
/// of the text, are replaced. `None` where there is nothing to show.
pub(crate) fn as_text(beginning: &[u8]) -> Option<String> {
    let whole = match std::str::from_utf8(beginning) {
        // The last character was cut in two.
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
