//! A user's metadata as rows of a form: a key, whether the value is text or JSON, and the value. A row without a key and a value
//! is no row, and one without a value is removed, so rows are added and removed without script.

use serde_json::{Map, Value as Json};
use vestibule_core::{Metadata, MetadataPatch};

use crate::form::Fields;
use crate::texts::Texts;

/// The beginnings of the names of a row's fields: its number follows.
const KEY: &str = "meta_key_";
const KIND: &str = "meta_kind_";
const VALUE: &str = "meta_value_";

/// How many rows more than there are keys.
const SPARE: usize = 2;

/// The most rows that are shown.
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

/// Returns the rows of what is stored, with empty ones for what is added. At least `least` rows.
pub(crate) fn stored(metadata: Option<&Metadata>, least: usize) -> Vec<Row> {
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

/// Returns how many rows a form has.
pub(crate) fn count(form: &Fields) -> usize {
    let numbers = form.iter().filter_map(|(name, _)| name.strip_prefix(KEY)?.parse::<usize>().ok());
    numbers.max().map_or(0, |number| (number + 1).min(MOST))
}

fn read(form: &Fields) -> Vec<Row> {
    let field = |start: &str, number: usize| form.get(&format!("{start}{number}")).replace("\r\n", "\n");
    let row = |number| Row {
        number,
        key: field(KEY, number).trim().to_owned(),
        value: field(VALUE, number),
        is_json: field(KIND, number) == "json",
        problem: None,
    };
    (0..count(form)).map(row).collect()
}

fn with_spare(mut rows: Vec<Row>, least: usize) -> Vec<Row> {
    let used = rows.iter().rposition(|row| !row.key.is_empty() || !row.value.is_empty()).map_or(0, |last| last + 1);
    rows.truncate(used);
    for number in used..(used + SPARE).max(least) {
        rows.push(Row { number, ..Row::default() });
    }
    rows
}

/// Returns the patch that turns the metadata into what was typed: keys without a row are removed.
pub(crate) fn wanted(
    form: &Fields,
    present: Option<&Metadata>,
    texts: &Texts,
) -> Result<MetadataPatch, MetadataProblem> {
    if count(form) == 0 {
        return Ok(MetadataPatch::Keep);
    }
    let mut wanted = Map::new();
    for row in read(form) {
        let wrong = |text: String| MetadataProblem { row: Some(row.number), text };
        if row.value.trim().is_empty() {
            continue;
        }
        if row.key.is_empty() {
            return Err(wrong(texts.metadata_key_missing.to_owned()));
        }
        let value = match row.is_json {
            true => serde_json::from_str(&row.value).map_err(|error| {
                let place = texts.metadata_place(error.line(), error.column());
                wrong(format!("{} {place}", texts.metadata_json))
            })?,
            false => text_of(&row, present),
        };
        if wanted.insert(row.key.clone(), value).is_some() {
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

/// Returns the text of a row. A browser sends other line breaks than a text may have: one that was not changed stays.
fn text_of(row: &Row, present: Option<&Metadata>) -> Json {
    let stored = present.and_then(|metadata| metadata.as_object().get(&row.key));
    let is_same = |stored: &&Json| stored.as_str().is_some_and(|text| text.replace("\r\n", "\n") == row.value);
    stored.filter(is_same).cloned().unwrap_or_else(|| Json::String(row.value.clone()))
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
            let values = [(KEY, row.key.clone()), (KIND, kind.to_owned()), (VALUE, row.value.replace('\n', "\r\n"))];
            values.map(|(start, value)| (format!("{start}{}", row.number), value))
        });
        fields.collect()
    }

    #[test]
    fn rows_that_are_sent_as_they_were_shown_change_nothing() {
        let present = metadata(json!({
            "text": " two\r\nlines ", "number": 5, "digits": "5", "none": null, "nested": {"a": [1, {"b": "c"}]}, "yes": true,
        }));
        let rows = stored(Some(&present), 0);
        assert_eq!(rows.len(), 6 + SPARE);
        let patch = wanted(&sent(&rows), Some(&present), texts::of(Language::English)).unwrap();
        assert_eq!(patch.apply(Some(present.clone())).unwrap(), Some(present));
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
