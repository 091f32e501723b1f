//! How many rows of each kind there are, and what they add up to.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

/// Number and checksum of the rows of each kind. The order of rows makes no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Totals(BTreeMap<String, (u64, [u8; 32])>);

impl Totals {
    pub(super) fn add(&mut self, kind: &str, row: &Map<String, Json>) {
        let mut text = String::new();
        write_sorted(&mut text, &Json::Object(row.clone()));
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let (number, sum) = self.0.entry(kind.to_owned()).or_default();
        *number += 1;
        sum.iter_mut().zip(digest).for_each(|(byte, other)| *byte ^= other);
    }

    pub(super) fn to_json(&self) -> Json {
        let of = |(kind, (number, sum)): (&String, &(u64, [u8; 32]))| {
            let sum = sum.iter().fold(String::new(), |mut text, byte| {
                // Writing to a text cannot fail.
                _ = write!(text, "{byte:02x}");
                text
            });
            (kind.clone(), json!({ "rows": number, "checksum": sum }))
        };
        Json::Object(self.0.iter().map(of).collect())
    }
}

/// Writes JSON with the keys in order, and without what an object has as nothing: a row reads alike on both engines.
fn write_sorted(text: &mut String, json: &Json) {
    match json {
        Json::Object(fields) => {
            let sorted: BTreeMap<&String, &Json> = fields.iter().collect();
            text.push('{');
            for (key, value) in sorted {
                text.push_str(&Json::String(key.clone()).to_string());
                text.push(':');
                write_sorted(text, value);
                text.push(',');
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for item in items {
                write_sorted(text, item);
                text.push(',');
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}
