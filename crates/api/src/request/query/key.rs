//! Parses a parameter's name at its brackets.

use super::MAX_DEPTH;
use crate::request::InvalidRequest;
use crate::request::report::shortened;

/// One step into the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// `[name]` or `.name`
    Name(String),
    /// `[0]`
    Index(u64),
    /// `[]`
    Append,
}

/// Returns the parameter's own name and the steps from there. A leading `[name]` is the name; a leading `[]` becomes the
/// number of parameters before it.
pub(super) fn path(name: &str, parameters_before: usize) -> Result<(String, Vec<Segment>), InvalidRequest> {
    let mismatch =
        || InvalidRequest::new(format!("The brackets of the parameter '{}' do not match", shortened(name, 100)));
    let Some((base, mut rest)) = name.split_once('[') else {
        return Ok(dotted(name));
    };
    let mut segments = Vec::new();
    let mut first = (!base.is_empty()).then(|| dotted(base));
    loop {
        let (inside, after) = rest.split_once(']').ok_or_else(mismatch)?;
        if inside.contains('[') {
            return Err(mismatch());
        }
        match &first {
            Some(_) => segments.push(segment(inside)),
            None if inside.is_empty() => first = Some((parameters_before.to_string(), Vec::new())),
            None => first = Some((inside.to_owned(), Vec::new())),
        }
        if segments.len() > MAX_DEPTH {
            let name = shortened(name, 100);
            let message = format!("The parameter '{name}' is nested more than {MAX_DEPTH} levels deep");
            return Err(InvalidRequest::new(message));
        }
        if after.is_empty() {
            break;
        }
        rest = after.strip_prefix('[').ok_or_else(mismatch)?;
    }
    let (first, mut path) = first.unwrap_or_default();
    path.append(&mut segments);
    Ok((first, path))
}

/// Parses `a.b.c` as `a[b][c]`, and `.a` as `a`. If a name between dots is empty, the dots are part of the name.
fn dotted(text: &str) -> (String, Vec<Segment>) {
    let mut names = text.strip_prefix('.').unwrap_or(text).split('.');
    let is_path = names.clone().all(|name| !name.is_empty()) && names.clone().count() <= MAX_DEPTH;
    match names.next() {
        Some(first) if is_path => (first.to_owned(), names.map(|name| Segment::Name(name.to_owned())).collect()),
        _ => (text.to_owned(), Vec::new()),
    }
}

fn segment(inside: &str) -> Segment {
    match inside.parse() {
        _ if inside.is_empty() => Segment::Append,
        // `00` and `+1` are names.
        Ok(index) if u64::to_string(&index) == inside => Segment::Index(index),
        _ => Segment::Name(inside.to_owned()),
    }
}
