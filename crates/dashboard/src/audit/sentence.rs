//! What an entry of the audit log says, as a sentence.

use vestibule_audit::{Action, Entry};
use vestibule_flows::FailureReason;

use super::Names;
use super::names::mentioned;
use crate::layout::Frame;
use crate::texts;

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    /// A name or a value.
    Name(String),
    /// The id and the name of a user whose page the caller may open.
    User(String, String),
}

/// Returns the sentence of an entry, in the language of the page.
pub(crate) fn sentence(frame: &Frame, entry: &Entry, names: &Names) -> Vec<Part> {
    let texts = texts::actions(frame.language);
    let mut rest = texts.find(&entry.action.as_str().replace('.', "_")).unwrap_or(texts.other);
    let mut parts = Vec::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        parts.push(Part::Text(before.to_owned()));
        parts.push(match name {
            "who" => who(frame, entry, names),
            "what" => what(frame, entry, names),
            "roles" => Part::Name(listed(entry, "roles")),
            "reason" => Part::Text(reason(frame, entry)),
            _ => Part::Text(entry.action.to_string()),
        });
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    parts
}

fn who(frame: &Frame, entry: &Entry, names: &Names) -> Part {
    let texts = texts::actions(frame.language);
    match (entry.actor_type.as_str(), &entry.actor_id) {
        ("user", Some(id)) => user(frame, id, names),
        ("operator", _) => Part::Text(texts.actor_operator.to_owned()),
        ("scim_key", _) => Part::Text(texts.actor_directory.to_owned()),
        ("api_key", _) => Part::Text(texts.actor_key.to_owned()),
        ("identity", _) => Part::Text(texts.actor_identity.to_owned()),
        _ => Part::Text(texts.actor_visitor.to_owned()),
    }
}

fn what(frame: &Frame, entry: &Entry, names: &Names) -> Part {
    if entry.target_type == "user" || names.find(&entry.target_id).is_some() {
        return user(frame, &entry.target_id, names);
    }
    if let Some(id) = mentioned(entry).filter(|id| names.find(id).is_some()) {
        return user(frame, id, names);
    }
    let text =
        |name: &str| [&entry.after, &entry.before].into_iter().flatten().find_map(|data| data.get(name)?.as_str());
    let known = ["name", "title", "email", "url", "key", "entity_id"].into_iter().find_map(text);
    Part::Name(known.unwrap_or(&entry.target_id).to_owned())
}

fn user(frame: &Frame, id: &str, names: &Names) -> Part {
    match names.find(id) {
        Some(name) if frame.may("user:read") => Part::User(id.to_owned(), name.to_owned()),
        _ => Part::Name(id.to_owned()),
    }
}

/// Returns the texts of a list in the data.
fn listed(entry: &Entry, name: &str) -> String {
    let values = |data: &serde_json::Value| {
        let texts = data.get(name)?.as_array()?.iter().filter_map(|value| value.as_str());
        Some(texts.collect::<Vec<_>>().join(", "))
    };
    [&entry.after, &entry.before].into_iter().flatten().find_map(values).unwrap_or_default()
}

/// Returns why a sign-in or a request failed, and how often.
fn reason(frame: &Frame, entry: &Entry) -> String {
    let t = frame.t;
    let field = |name: &str| entry.after.as_ref().and_then(|after| after.get(name));
    let text = |name: &str| field(name).and_then(|value| value.as_str());
    let why = match text("reason").map(FailureReason::from) {
        Some(FailureReason::WrongPassword) => t.reason_wrong_password,
        Some(FailureReason::UnknownAccount) => t.reason_unknown_account,
        Some(FailureReason::WrongCode) => t.reason_wrong_code,
        Some(FailureReason::WrongAnswer) => t.reason_wrong_answer,
        Some(FailureReason::PasskeyCounter) => t.reason_passkey_counter,
        Some(FailureReason::Blocked) => t.reason_blocked,
        Some(FailureReason::Locked) => t.reason_locked,
        _ => text("path").unwrap_or(t.reason_others),
    };
    let count = field("count").and_then(serde_json::Value::as_u64).unwrap_or(1);
    let times = if count > 1 { t.audit_times(count) } else { String::new() };
    let is_described = matches!(entry.action, Action::SignInFailed | Action::ProofFailed | Action::RequestRefused);
    if is_described { format!("{} {why}{times}", t.colon) } else { String::new() }
}
