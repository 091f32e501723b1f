//! `INSERT INTO schema.table (columns) VALUES (…), (…);`

use serde_json::Value as Json;

use super::super::SourceError;
use super::super::file::{MOST, TOO_LONG};
use super::lines::Lines;

/// The rows of an `INSERT` that is being read.
#[derive(Default)]
pub(super) struct Tuple {
    /// The present line, or all lines of a row that has several.
    text: Vec<u8>,
    /// How much of it was used.
    used: usize,
    /// Where it begins in the file.
    offset: u64,
    line: u64,
}

impl Tuple {
    /// Begins with what follows `VALUES` in the present line, whose length is known.
    pub(super) fn begin(rest: &[u8], lines: &Lines, length: usize) -> Self {
        let before = u64::try_from(length.saturating_sub(rest.len())).unwrap_or_default();
        Self { text: rest.to_vec(), used: 0, offset: lines.offset + before, line: lines.number }
    }

    /// The next row with its place; nothing where the statement ends.
    pub(super) fn next(&mut self, lines: &mut Lines) -> Result<Option<(u64, u64, Vec<Json>)>, SourceError> {
        loop {
            let rest = self.text.get(self.used..).unwrap_or_default();
            self.used += rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
            let rest = self.text.get(self.used..).unwrap_or_default();
            match rest.first() {
                Some(b'(') => break,
                Some(b';') => return Ok(None),
                Some(_) if rest.starts_with(b"ON CONFLICT DO NOTHING;") => return Ok(None),
                Some(_) => return Err(lines.wrong(1, "a row in brackets was expected here")),
                None => {
                    self.text = lines.next()?.ok_or_else(|| cut(lines))?;
                    (self.used, self.offset, self.line) = (0, lines.offset, lines.number);
                }
            }
        }
        let place = (self.offset + u64::try_from(self.used).unwrap_or_default(), self.line);
        let (mut end, mut is_text) = (self.used + 1, false);
        loop {
            match self.text.get(end) {
                Some(b'\'') => is_text = !is_text,
                Some(b')') if !is_text => break,
                Some(_) => {}
                None => {
                    self.text.drain(..self.used);
                    self.offset += u64::try_from(self.used).unwrap_or_default();
                    end -= self.used;
                    self.used = 0;
                    self.text.push(b'\n');
                    self.text.extend(lines.next()?.ok_or_else(|| cut(lines))?);
                    if u64::try_from(self.text.len()).unwrap_or(u64::MAX) > MOST {
                        return Err(lines.wrong(1, TOO_LONG));
                    }
                    // A row that follows in the same line is said to be in that one.
                    self.line = lines.number;
                }
            }
            end += 1;
        }
        let row = lines.text(self.text.get(self.used + 1..end).unwrap_or_default())?;
        self.used = end + 1;
        let cells = values(&row).ok_or_else(|| lines.wrong(1, "a value of this row cannot be read"))?;
        Ok(Some((place.0, place.1, cells)))
    }
}

fn cut(lines: &Lines) -> SourceError {
    lines.wrong(1, "the file ends within the rows of a table: is it complete?")
}

/// The values of a row.
fn values(row: &str) -> Option<Vec<Json>> {
    let (mut cells, mut rest) = (Vec::new(), row.trim());
    loop {
        let (value, after) = value(rest)?;
        cells.push(value);
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after.trim_start(),
            None => return rest.is_empty().then_some(cells),
        }
    }
}

/// The value that a text begins with, and the rest.
fn value(text: &str) -> Option<(Json, &str)> {
    let quoted = text.strip_prefix('\'').map(|rest| (rest, false));
    if let Some((rest, has_escapes)) = quoted.or_else(|| text.strip_prefix("E'").map(|rest| (rest, true))) {
        let (mut value, mut from) = (String::new(), rest);
        loop {
            let (part, after) = from.split_once('\'')?;
            value.push_str(part);
            match after.strip_prefix('\'') {
                Some(after) => {
                    value.push('\'');
                    from = after;
                }
                None => {
                    // Written where `standard_conforming_strings` was off: of the escapes, a doubled backslash alone.
                    let value = if has_escapes { value.replace("\\\\", "\\") } else { value };
                    return Some((Json::String(value), after));
                }
            }
        }
    }
    let end = text.find(',').unwrap_or(text.len());
    let (word, after) = text.split_at_checked(end)?;
    let value = match word.trim() {
        "NULL" | "DEFAULT" => Json::Null,
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        number if number.parse::<f64>().is_ok() => Json::String(number.to_owned()),
        _ => return None,
    };
    Some((value, after))
}

/// The name `schema.table` that a text begins with, with quotes or without, and the rest.
pub(super) fn name(text: &str) -> Option<(String, &str)> {
    let (schema, rest) = word(text)?;
    let (table, rest) = word(rest.strip_prefix('.')?)?;
    Some((format!("{schema}.{table}"), rest))
}

fn word(text: &str) -> Option<(&str, &str)> {
    match text.strip_prefix('"') {
        Some(rest) => rest.split_once('"'),
        None => {
            let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
            text.split_at_checked(end).filter(|(word, _)| !word.is_empty())
        }
    }
}

/// The columns in brackets, and the rest.
pub(super) fn columns(text: &str) -> Option<(Vec<String>, &str)> {
    let (columns, rest) = text.trim_start().strip_prefix('(')?.split_once(')')?;
    Some((columns.split(',').map(|column| column.trim().trim_matches('"').to_owned()).collect(), rest))
}

/// The column that a line of `CREATE TABLE` defines.
pub(super) fn column(line: &str) -> Option<String> {
    let line = line.strip_prefix("    ")?;
    let (name, _) = word(line)?;
    let is_column = line.starts_with('"') || !matches!(name, "CONSTRAINT" | "PRIMARY" | "UNIQUE" | "CHECK");
    is_column.then(|| name.to_owned())
}
