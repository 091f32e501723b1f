//! The values before and after a change, field by field.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use vestibule_audit::Entry;

/// A field that an entry mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) name: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// Returns the fields of an entry that differ, in the order of their names.
pub(super) fn changes(entry: &Entry) -> Vec<Change> {
    let fields = |data: &Option<Json>| data.as_ref().and_then(Json::as_object).cloned().unwrap_or_default();
    let (before, after) = (fields(&entry.before), fields(&entry.after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |name: &String| Change {
        before: written(before.get(name)),
        after: written(after.get(name)),
        name: name.clone(),
    };
    names.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

fn written(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => "–".to_owned(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_without_quotation_marks() {
        assert_eq!(written(Some(&json!("Ada"))), "Ada");
        assert_eq!([written(None), written(Some(&json!(null)))], ["–", "–"]);
        assert_eq!(written(Some(&json!(["a", 1]))), "[\"a\",1]");
    }
}
