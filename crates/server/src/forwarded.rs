//! The two headers in which proxies name their peer, read from the end.
//!
//! The nearest proxy wrote the end. Anything before it may be forged, so it must not change how the end is read.

use std::net::{IpAddr, SocketAddr};

/// Returns the addresses of a line of `X-Forwarded-For`, the last first; `None` for an entry that is no address.
pub(super) fn usual(line: &str) -> Vec<Option<IpAddr>> {
    line.rsplit(',').map(str::trim).filter(|item| !item.is_empty()).map(address).collect()
}

/// Returns the addresses of a line of `Forwarded` (RFC 7239 4), the last first.
pub(super) fn standard(line: &str) -> Vec<Option<IpAddr>> {
    let items = split_from_the_end(line, ',').into_iter().filter(|item| !item.trim().is_empty());
    items.map(|item| forwarded_for(item).and_then(address)).collect()
}

/// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// Returns the value of the only pair `for=…`; `None` if there is none, more than one, or one with an escape.
fn forwarded_for(element: &str) -> Option<&str> {
    let mut values = split_from_the_end(element, ';').into_iter().filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    });
    let value = values.next().filter(|value| !value.contains('\\'))?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    values.next().is_none().then_some(value)
}

/// Splits at separators outside quotes, the last part first. Quotes are counted from the end.
fn split_from_the_end(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut end, mut quoted) = (Vec::new(), text.len(), false);
    for (at, character) in text.char_indices().rev() {
        match character {
            '"' => quoted = !quoted,
            character if character == separator && !quoted => {
                parts.extend(text.get(at + character.len_utf8()..end));
                end = at;
            }
            _ => {}
        }
    }
    parts.extend(text.get(..end));
    parts
}
