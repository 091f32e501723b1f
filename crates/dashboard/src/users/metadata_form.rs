//! A user's metadata as rows of a form: a key, whether the value is text or JSON, and the value. A row without a key and a value
//! is no row, and one without a value is removed, so rows are added and removed without script.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use vestibule_core::{Metadata, MetadataPatch};

use crate::form::Fields;
use crate::format::textarea_content;
use crate::texts::Texts;

/// The beginnings of the names of a row's fields: its number follows.
const KEY: &str = "meta_key_";
const KIND: &str = "meta_kind_";
const VALUE: &str = "meta_value_";

/// How many rows more than there are keys.
const SPARE: usize = 2;

/// The most keys that are rows: more would make a form that is too large to send.
const MOST: usize = 1_000;

/// The most lines of a value that are shown at once.
const MOST_LINES: usize = 8;

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) is_json: bool,
    pub(crate) problem: Option<String>,
}

impl Row {
    /// Returns how many lines of the value are shown.
    pub(crate) fn lines(&self) -> usize {
        self.value.lines().count().clamp(1, MOST_LINES)
    }

    /// Returns the value as it is written in a page.
    pub(crate) fn content(&self) -> String {
        textarea_content(&self.value)
    }
}

/// What is wrong: with a row, or with all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MetadataProblem {
    row: Option<usize>,
    text: String,
}

impl MetadataProblem {
    /// Returns what is wrong with no row alone.
    pub(crate) fn whole(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|_| self.row.is_none())
    }
}

/// Returns whether a field belongs to the rows.
pub(crate) fn is_field(name: &str) -> bool {
    [KEY, KIND, VALUE].iter().any(|start| name.strip_prefix(start).is_some_and(|number| number.parse::<u16>().is_ok()))
}

/// Returns the rows of what is stored, with empty ones for what is added. At least `least` rows; none where there are too many keys.
pub(crate) fn stored(metadata: Option<&Metadata>, least: usize) -> Vec<Row> {
    if metadata.is_some_and(|metadata| metadata.as_object().len() > MOST) {
        return Vec::new();
    }
    let pairs = metadata.into_iter().flat_map(Metadata::as_object);
    let row = |(number, (key, value)): (usize, (&String, &Json))| {
        let (value, is_json) = match value {
            Json::String(text) => (text.clone(), false),
            other => (serde_json::to_string_pretty(other).unwrap_or_default(), true),
        };
        Row { number, key: key.clone(), value, is_json, problem: None }
    };
    with_spare(pairs.enumerate().map(row).collect(), least)
}

/// Returns the rows as they were typed, with the problem at its row.
pub(crate) fn typed(form: &Fields, problem: Option<&MetadataProblem>) -> Vec<Row> {
    let mut rows = read(form);
    for row in &mut rows {
        row.problem = problem.filter(|problem| problem.row == Some(row.number)).map(|problem| problem.text.clone());
    }
    with_spare(rows, 0)
}

/// Returns how many rows a page needs to show each of a form's in its place.
pub(crate) fn needed(form: &Fields) -> usize {
    numbers(form).last().map_or(0, |number| (number + 1).min(MOST))
}

/// The numbers of a form's rows.
fn numbers(form: &Fields) -> BTreeSet<usize> {
    form.iter().filter_map(|(name, _)| name.strip_prefix(KEY)?.parse().ok()).collect()
}

fn read(form: &Fields) -> Vec<Row> {
    let field = |start: &str, number: usize| form.get(&format!("{start}{number}"));
    let row = |number| Row {
        number,
        key: field(KEY, number).to_owned(),
        value: with_plain_breaks(field(VALUE, number)),
        is_json: field(KIND, number) == "json",
        problem: None,
    };
    numbers(form).into_iter().map(row).collect()
}

/// Returns a text with the line breaks of Unix, as browsers send others.
fn with_plain_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn with_spare(mut rows: Vec<Row>, least: usize) -> Vec<Row> {
    let used = rows.iter().rposition(|row| !row.key.is_empty() || !row.value.is_empty()).map_or(0, |last| last + 1);
    rows.truncate(used);
    let first = rows.last().map_or(0, |row| row.number + 1);
    let spare = SPARE.max(least.saturating_sub(used));
    rows.extend((first..first + spare).map(|number| Row { number, ..Row::default() }));
    rows
}

/// Returns the patch that turns the metadata into what was typed: keys without a row are removed.
pub(crate) fn wanted(
    form: &Fields,
    present: Option<&Metadata>,
    texts: &Texts,
) -> Result<MetadataPatch, MetadataProblem> {
    if numbers(form).is_empty() {
        return Ok(MetadataPatch::Keep);
    }
    let mut wanted = Map::new();
    for row in read(form) {
        let wrong = |text: String| MetadataProblem { row: Some(row.number), text };
        if row.value.is_empty() || (row.is_json && row.value.trim().is_empty()) {
            continue;
        }
        let key = key_of(&row.key, present);
        if key.is_empty() && !is_key(&key, present) {
            return Err(wrong(texts.metadata_key_missing.to_owned()));
        }
        let value = match row.is_json {
            true => serde_json::from_str(&row.value).map_err(|error| {
                let place = texts.metadata_place(error.line(), error.column());
                wrong(format!("{} {place}", texts.metadata_json))
            })?,
            false => text_of(&row.value, &key, present),
        };
        if wanted.insert(key, value).is_some() {
            return Err(wrong(texts.metadata_key_twice.to_owned()));
        }
    }
    let whole = || MetadataProblem { row: None, text: texts.metadata_bounds.to_owned() };
    if wanted.is_empty() {
        return Ok(MetadataPatch::Clear);
    }
    for key in present.iter().flat_map(|metadata| metadata.as_object().keys()) {
        // As in the reference, an empty text removes a key.
        wanted.entry(key.clone()).or_insert_with(|| Json::String(String::new()));
    }
    Ok(MetadataPatch::Merge(Metadata::new(wanted).map_err(|_| whole())?))
}

fn is_key(key: &str, present: Option<&Metadata>) -> bool {
    present.is_some_and(|metadata| metadata.as_object().contains_key(key))
}

/// Returns the key of a row, without blanks around it. One that was not changed stays, also the line breaks that a browser leaves out.
fn key_of(typed: &str, present: Option<&Metadata>) -> String {
    if is_key(typed, present) {
        return typed.to_owned();
    }
    let mut keys = present.into_iter().flat_map(|metadata| metadata.as_object().keys());
    let same = keys.find(|key| key.contains(['\r', '\n']) && key.replace(['\r', '\n'], "") == typed);
    same.map_or_else(|| typed.trim().to_owned(), Clone::clone)
}

/// Returns the text of a row. A browser sends other line breaks than a text may have: one that was not changed stays.
fn text_of(typed: &str, key: &str, present: Option<&Metadata>) -> Json {
    let stored = present.and_then(|metadata| metadata.as_object().get(key));
    let is_same = |stored: &&Json| stored.as_str().is_some_and(|text| with_plain_breaks(text) == typed);
    stored.filter(is_same).cloned().unwrap_or_else(|| Json::String(typed.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vestibule_language::Language;

    use super::*;
    use crate::texts;

    fn metadata(value: Json) -> Metadata {
        Metadata::new(value.as_object().unwrap().clone()).unwrap()
    }

    /// Sends the rows as a browser does.
    fn sent(rows: &[Row]) -> Fields {
        let fields = rows.iter().flat_map(|row| {
            let kind = if row.is_json { "json" } else { "text" };
            let values = [
                (KEY, row.key.replace(['\r', '\n'], "")),
                (KIND, kind.to_owned()),
                (VALUE, with_plain_breaks(&row.value).replace('\n', "\r\n")),
            ];
            values.map(|(start, value)| (format!("{start}{}", row.number), value))
        });
        fields.collect()
    }

    #[test]
    fn rows_that_are_sent_as_they_were_shown_change_nothing() {
        let present = metadata(json!({
            "text": " two\r\nlines ", "number": 5, "digits": "5", "none": null, "nested": {"a": [1, {"b": "c"}]}, "yes": true,
            "blank": " ", "breaks": "\n\ra\r\n", " around ": "x", "two\nlines": "y", "": "nothing",
        }));
        let rows = stored(Some(&present), 0);
        assert_eq!(rows.len(), 11 + SPARE);
        let patch = wanted(&sent(&rows), Some(&present), texts::of(Language::English)).unwrap();
        assert_eq!(patch.apply(Some(present.clone())).unwrap(), Some(present));
    }

    /// A form that were cut would remove the rest.
    #[test]
    fn as_many_keys_as_are_shown_are_read() {
        let many = |keys: usize| metadata((0..keys).map(|key| (format!("k{key}"), json!(key))).collect());
        let texts = texts::of(Language::English);
        for keys in [MOST - 1, MOST] {
            let present = many(keys);
            let patch = wanted(&sent(&stored(Some(&present), 0)), Some(&present), texts).unwrap();
            assert_eq!(patch.apply(Some(present.clone())).unwrap(), Some(present), "{keys}");
        }
        let present = many(MOST + 1);
        assert_eq!(stored(Some(&present), 0), []);
        assert_eq!(wanted(&Fields::default(), Some(&present), texts), Ok(MetadataPatch::Keep));
    }

    /// Rows that a script has added have other numbers.
    #[test]
    fn numbers_may_have_gaps() {
        let mut row = stored(Some(&metadata(json!({"a": "1"}))), 0).swap_remove(0);
        row.number = 60_000;
        let form = sent(&[row]);
        let numbers: Vec<usize> = typed(&form, None).iter().map(|row| row.number).collect();
        assert_eq!((numbers, needed(&form)), (vec![60_000, 60_001, 60_002], MOST));
    }

    #[test]
    fn what_is_left_out_stays_or_goes() {
        let present = metadata(json!({"a": "1", "b": 2}));
        let texts = texts::of(Language::English);
        assert_eq!(wanted(&Fields::default(), Some(&present), texts), Ok(MetadataPatch::Keep), "an older page");
        let mut rows = stored(Some(&present), 0);
        rows[0].value = String::new();
        let patch = wanted(&sent(&rows), Some(&present), texts).unwrap();
        assert_eq!(patch.apply(Some(present.clone())).unwrap(), Some(metadata(json!({"b": 2}))));
        rows[1].value = " ".to_owned();
        assert_eq!(wanted(&sent(&rows), Some(&present), texts), Ok(MetadataPatch::Clear));
    }

    #[test]
    fn a_row_that_is_wrong_has_the_problem() {
        let row = |number, key: &str, value: &str, is_json| Row {
            number,
            key: key.to_owned(),
            value: value.to_owned(),
            is_json,
            problem: None,
        };
        let (texts, good) = (texts::of(Language::English), row(0, "a", "x", false));
        for (wrong, text) in [
            (row(1, "", "x", false), texts.metadata_key_missing),
            (row(1, "a", "y", false), texts.metadata_key_twice),
            (row(1, "b", "{\n\"c\": }", true), "See line 2, column 6."),
        ] {
            let form = sent(&[good.clone(), wrong]);
            let problem = wanted(&form, None, texts).unwrap_err();
            let rows = typed(&form, Some(&problem));
            assert!(rows[1].problem.as_ref().is_some_and(|shown| shown.contains(text)), "{rows:?}");
            assert!(rows[0].problem.is_none() && problem.whole().is_none());
        }
        let long = sent(&[row(0, "a", &"x".repeat(70_000), false)]);
        assert_eq!(wanted(&long, None, texts).unwrap_err().whole(), Some(texts.metadata_bounds));
    }
}
