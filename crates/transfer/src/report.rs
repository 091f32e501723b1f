//! What became of each row: counts, and a table with a line each.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Map, Value as Json};

use crate::reason::Reason;
use crate::uploads::Noted;

/// What happened, counted by kind (`user`, `invite`, …) and result (`created`, `exists`, …).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    counts: BTreeMap<(String, String), u64>,
    /// Addresses that are refused here, or that several users have in several spellings, with what was done.
    pub addresses: Vec<String>,
    /// How what is here now compares with an export that was read back; nothing for other sources, and in a dry run.
    pub comparison: Option<String>,
    /// The id of the import; nothing in a dry run, and where nothing was written.
    pub import_id: Option<String>,
}

/// How many addresses a summary names.
const MOST_ADDRESSES: usize = 1_000;

impl Summary {
    /// How many rows of a kind had this result.
    pub fn count(&self, kind: &str, result: &str) -> u64 {
        self.counts.get(&(kind.to_owned(), result.to_owned())).copied().unwrap_or_default()
    }

    /// The counts: kind, result and number.
    pub fn counts(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.counts.iter().map(|((kind, result), number)| (kind.as_str(), result.as_str(), *number))
    }

    pub(crate) fn add(&mut self, kind: &str, result: &str) {
        *self.counts.entry((kind.to_owned(), result.to_owned())).or_default() += 1;
    }

    pub(crate) fn name_address(&mut self, line: String) {
        if self.addresses.len() < MOST_ADDRESSES {
            self.addresses.push(line);
        }
    }

    /// As it is stored with the import.
    pub(crate) fn to_json(&self) -> Json {
        let mut kinds: Map<String, Json> = Map::new();
        for (kind, result, number) in self.counts() {
            if let Json::Object(results) = kinds.entry(kind).or_insert_with(|| Json::Object(Map::new())) {
                results.insert(result.to_owned(), number.into());
            }
        }
        Json::Object(kinds)
    }

    pub(crate) fn from_json(json: &Json) -> Self {
        let mut summary = Self::default();
        for (kind, results) in json.as_object().into_iter().flatten() {
            for (result, number) in results.as_object().into_iter().flatten() {
                summary.counts.insert((kind.clone(), result.clone()), number.as_u64().unwrap_or_default());
            }
        }
        summary
    }
}

/// A line of the report.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) place: String,
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) result: &'static str,
    pub(crate) reasons: Vec<Reason>,
}

/// A table in CSV with a line for each row of the source. A spreadsheet takes no cell of it for a formula.
pub struct Report {
    table: Option<csv::Writer<Box<dyn Write + Send>>>,
    invite_link: String,
    noted: Noted,
}

impl Report {
    /// No table.
    pub fn none() -> Self {
        Self { table: None, invite_link: String::new(), noted: Noted::default() }
    }

    /// Writes the table there.
    ///
    /// # Errors
    ///
    /// Whatever writing fails with.
    pub fn to(writer: impl Write + Send + 'static) -> std::io::Result<Self> {
        let mut table = csv::Writer::from_writer(Box::new(writer) as Box<dyn Write + Send>);
        table.write_record(["place", "kind", "id", "address", "result", "detail"]).map_err(std::io::Error::other)?;
        Ok(Self { table: Some(table), invite_link: String::new(), noted: Noted::default() })
    }

    /// Sets what an invite's token is appended to.
    pub fn set_invite_link(&mut self, link: &str) {
        link.clone_into(&mut self.invite_link);
    }

    /// The link that accepts an invite; the token alone where no link was set.
    pub(crate) fn link(&self, token: &str) -> String {
        format!("{}{token}", self.invite_link)
    }

    /// The first rows that were left out, and the first of those of which something was.
    pub(crate) fn noted(&self) -> &Noted {
        &self.noted
    }

    pub(crate) fn write(&mut self, line: &Line) -> std::io::Result<()> {
        self.noted.see(line);
        let Some(table) = &mut self.table else { return Ok(()) };
        let detail = Reason::joined(&line.reasons);
        let cells = [&line.place, line.kind, &line.id, &line.address, line.result, &detail];
        table.write_record(cells.map(harmless)).map_err(std::io::Error::other)
    }

    pub(crate) fn flush(&mut self) -> std::io::Result<()> {
        self.table.as_mut().map_or(Ok(()), csv::Writer::flush)
    }
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report").finish_non_exhaustive()
    }
}

/// The signs with which a formula begins, also in the forms that spreadsheets for Chinese and Japanese take for them.
const SIGNS: [char; 15] = [
    '=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{fe66}', '\u{fe62}', '\u{fe63}',
    '\u{fe6b}', '\u{2212}',
];

/// A cell that a spreadsheet takes for text (OWASP, CSV injection): the first sign, letter or digit decides, as what has no width
/// may stand before it.
pub(crate) fn harmless(cell: &str) -> String {
    let is_seen = |c: &char| c.is_alphanumeric() || c.is_ascii_graphic() || SIGNS.contains(c);
    let is_formula =
        cell.starts_with(['\t', '\r', '\n']) || cell.chars().find(is_seen).is_some_and(|c| SIGNS.contains(&c));
    // Few programs read on behind a NUL.
    let cell = cell.replace('\0', "\u{fffd}");
    if is_formula { format!("'{cell}") } else { cell }
}
