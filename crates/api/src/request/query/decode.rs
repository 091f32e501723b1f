//! Percent-encoding.

use percent_encoding::percent_decode_str;

/// Decodes a name or a value. If a part cannot be decoded, all of it stays as sent, except plus signs, as in the reference.
pub(super) fn decode(raw: &str) -> String {
    let raw = raw.replace('+', " ");
    // The library keeps an invalid `%` and decodes the rest.
    let is_whole = raw.split('%').skip(1).all(|rest| {
        let mut digits = rest.bytes();
        [digits.next(), digits.next()].iter().all(|digit| digit.is_some_and(|byte| byte.is_ascii_hexdigit()))
    });
    let decoded = is_whole.then(|| percent_decode_str(&raw).decode_utf8().ok().map(Into::into)).flatten();
    decoded.unwrap_or(raw)
}
