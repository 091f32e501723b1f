//! The first rows of a report that someone should look at.

use serde_json::{Value as Json, json};

use crate::reason::Reason;
use crate::report::Line;

/// How many rows of each kind are kept.
const MOST: usize = 20;

/// The first rows that were left out, and the first of those of which something was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Noted {
    /// Rows that were left out.
    pub left_out: Vec<Note>,
    /// Rows of which a part was left out, or changed.
    pub in_part: Vec<Note>,
}

/// A row, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The line of the table.
    pub line: String,
    /// The address, as it is written there.
    pub address: String,
    /// What is said of it.
    pub reasons: Vec<Reason>,
}

impl Noted {
    pub(crate) fn see(&mut self, line: &Line) {
        let list = match line.result {
            "left_out" => &mut self.left_out,
            "created" | "updated" if !line.reasons.is_empty() => &mut self.in_part,
            _ => return,
        };
        if list.len() < MOST {
            let number = line.place.trim_start_matches("line ").to_owned();
            list.push(Note { line: number, address: line.address.clone(), reasons: line.reasons.clone() });
        }
    }

    /// As it is stored with the upload.
    pub(super) fn to_json(&self) -> Json {
        let list = |notes: &[Note]| notes.iter().map(|note| json!([note.line, note.address, note.reasons])).collect();
        let (left_out, in_part): (Vec<Json>, Vec<Json>) = (list(&self.left_out), list(&self.in_part));
        json!({ "left_out": left_out, "in_part": in_part })
    }

    pub(super) fn from_json(json: &Json) -> Self {
        let list = |name: &str| {
            let rows = json.get(name).cloned().and_then(|rows| serde_json::from_value(rows).ok());
            let rows: Vec<(String, String, Vec<Reason>)> = rows.unwrap_or_default();
            rows.into_iter().map(|(line, address, reasons)| Note { line, address, reasons }).collect()
        };
        Self { left_out: list("left_out"), in_part: list("in_part") }
    }
}
