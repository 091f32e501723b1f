//! The path under which the dashboard is served.

use super::{Form, Kind, Problem, Raw, no};

/// A path such as `/people`: segments of letters, digits, `-`, `_` and `.`, the first of which the API does not use.
#[derive(Debug)]
pub(in super::super) struct PathPrefix;

/// The first segments that the API uses.
const TAKEN: [&str; 7] = ["admin", "auth", "cloud", "docs", "health", "openapi.json", "scim"];

impl Form for PathPrefix {
    fn form(&self) -> String {
        "path, such as /people".to_owned()
    }
}

impl Kind for PathPrefix {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let path = text.trim_end_matches('/');
        if is_free(path) {
            Ok(path.to_owned())
        } else {
            let form = "a path of letters, digits, -, _ and . that the API does not use: write it as in /people";
            Err(no(&text, form))
        }
    }
}

/// Returns whether pages or the whole server may be below this path.
pub(super) fn is_free(path: &str) -> bool {
    let is_segment = |segment: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !segment.is_empty() && segment.chars().all(is_plain) && segment.chars().any(|c| c != '.')
    };
    let mut segments = path.strip_prefix('/').unwrap_or_default().split('/');
    let first = segments.next().unwrap_or_default();
    is_segment(first) && !TAKEN.contains(&first) && segments.all(is_segment)
}
