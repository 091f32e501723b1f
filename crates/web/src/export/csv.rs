//! Rows as CSV (RFC 4180).
//!
//! Spreadsheets recognise UTF-8 by the byte order mark, and evaluate a field that begins like a formula, also behind
//! invisible characters (OWASP, CSV injection).

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};
use serde::Serialize;
use serde::ser::Error as _;
use serde_json::{Error, Map, Value as Json};

/// Writes a batch of rows; the first one with the byte order mark and the names of the columns.
pub(super) fn write<T: Serialize>(columns: &[&str], rows: &[T], is_first: bool) -> Result<Vec<u8>, Error> {
    let before = if is_first { "\u{feff}" } else { "" };
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(before.as_bytes().to_vec());
    if is_first {
        writer.write_record(columns).map_err(Error::custom)?;
    }
    for row in rows {
        let fields: Map<String, Json> = serde_json::from_value(serde_json::to_value(row)?)?;
        let cells = columns.iter().map(|column| fields.get(*column).map(cell).unwrap_or_default());
        let cells: Vec<String> = cells.map(|cell| guarded(&cell).into_owned()).collect();
        writer.write_record(&cells).map_err(Error::custom)?;
    }
    writer.into_inner().map_err(|error| Error::custom(error.error()))
}

/// The text of a value: of a list, its texts; of other data, JSON.
fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// Escapes a field that a spreadsheet would evaluate as a formula with an apostrophe.
fn guarded(field: &str) -> Cow<'_, str> {
    let is_seen = |c: &char| !c.is_whitespace() && !c.is_control() && !is_invisible(*c);
    let begins = |c: char| {
        matches!(c, '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
            || matches!(c, '\u{fe66}' | '\u{fe62}' | '\u{fe63}' | '\u{fe6b}' | '\u{2212}')
    };
    let is_formula = field.starts_with(['\t', '\r', '\n']) || field.chars().find(is_seen).is_some_and(begins);
    if is_formula { Cow::Owned(format!("'{field}")) } else { Cow::Borrowed(field) }
}

/// Returns whether a character is invisible: without width, or a control character.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(field: &str) -> String {
        let rows = [json!({ "id": null, "name": field })];
        let table = String::from_utf8(write(&["id", "name", "other"], &rows, true).unwrap()).unwrap();
        let line = table.strip_prefix("\u{feff}id,name,other\r\n").unwrap();
        line.strip_prefix(',').unwrap().strip_suffix(",\r\n").unwrap().to_owned()
    }

    #[test]
    fn values_of_every_kind_are_cells() {
        let rows =
            [json!({ "a": true, "b": false, "c": 3, "d": ["x", "y"], "e": { "k": [1] }, "f": "2026", "g": null })];
        let columns = ["a", "b", "c", "d", "e", "f", "g"];
        let table = String::from_utf8(write(&columns, &rows, false).unwrap()).unwrap();
        assert_eq!(table, "yes,no,3,x; y,\"{\"\"k\"\":[1]}\",2026,\r\n");
        assert_eq!(write::<Json>(&columns, &[], false).unwrap(), b"");
    }

    #[test]
    fn a_field_is_neither_two_nor_a_formula() {
        for (field, expected) in [
            ("Ada", "Ada"),
            ("Lovelace, Ada", "\"Lovelace, Ada\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("@SUM(1)", "'@SUM(1)"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(written(field), expected);
        }
    }

    #[test]
    fn a_formula_is_found_behind_what_is_not_seen() {
        for before in [
            "",
            " ",
            "\t",
            "\u{a0}",
            "\u{3000}",
            "\u{200b}",
            "\u{feff}",
            "\u{2060}\u{200d} ",
            "\u{202e}",
            "\u{1}",
            "\u{ad}",
        ] {
            for sign in ["=", "+", "-", "@", "＝", "＋", "－", "＠"] {
                let field = format!("{before}{sign}1+1");
                assert_eq!(written(&field).trim_matches('"'), format!("'{field}"), "{field:?}");
            }
        }
        for field in ["\tAda", "\rAda", "\nAda"] {
            assert_eq!(written(field).trim_matches('"'), format!("'{field}"), "{field:?}");
        }
        for field in [" Ada", "\u{200b}Ada", "1-1", "O'Brien"] {
            assert_eq!(written(field), field);
        }
    }
}
