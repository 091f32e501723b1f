//! Versions of resources, as entity tags (RFC 7644 3.14).
//!
//! A user's is the time of its last change, which the flow compares in its transaction; a group's is a hash of what is shown of it.

use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use sha2::{Digest, Sha256};
use vestibule_core::Timestamp;
use vestibule_flows::directory::Group;

/// The version of a user who was last changed at this time.
pub(crate) fn of_time(time: Timestamp) -> String {
    format!("W/\"{:x}\"", time.as_microseconds())
}

/// The version of a group.
pub(crate) fn of_group(group: &Group) -> String {
    let mut hash = Sha256::new();
    for text in [&group.role.name, &group.role.updated_at.to_string()] {
        hash.update(text);
        hash.update([0]);
    }
    for member in group.members.iter().flatten() {
        hash.update(member);
        hash.update([0]);
    }
    let digits = hash.finalize().iter().take(8).fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    format!("W/\"{digits}\"")
}

/// The tags of a header; `None` where it is absent, or is `*`, which every version matches.
fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Vec<String>> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() {
        return None;
    }
    let tags: Vec<String> =
        values.iter().flat_map(|value| value.split(',')).map(|tag| opaque(tag).to_owned()).collect();
    (!tags.iter().any(|tag| tag == "*")).then_some(tags)
}

/// What is between the quotation marks. Weak and strong ones are compared alike: ours are weak, and some clients drop that.
fn opaque(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/").trim_start_matches("w/").trim_matches('"')
}

/// The times at one of which a user must have been changed last.
pub(crate) fn required_times(headers: &HeaderMap) -> Option<Vec<Timestamp>> {
    let tags = tags(headers, IF_MATCH)?;
    let times = tags.iter().filter_map(|tag| i64::from_str_radix(tag, 16).ok());
    Some(times.map(Timestamp::from_microseconds).collect())
}

/// Whether a version is one of those that a change requires.
pub(crate) fn is_required(headers: &HeaderMap, version: &str) -> bool {
    tags(headers, IF_MATCH).is_none_or(|tags| tags.iter().any(|tag| tag == opaque(version)))
}

/// Whether the client has this version already.
pub(crate) fn is_known(headers: &HeaderMap, version: &str) -> bool {
    headers.contains_key(IF_NONE_MATCH)
        && tags(headers, IF_NONE_MATCH).is_none_or(|tags| tags.iter().any(|tag| tag == opaque(version)))
}
