//! Cleans every value before it is parsed: white space and byte order marks at its ends, which files from Windows
//! contain, are removed, and invisible characters are refused.
//!
//! No message repeats the value.

use super::kinds::{Problem, Raw};

/// Cleans a value from a flag, a variable or a file that contains only it.
pub(super) fn text(text: &str) -> Result<&str, Problem> {
    let text = trimmed(text)?;
    let mut ends = text.chars();
    let quotes = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’')];
    match (ends.next(), ends.next_back()) {
        (Some(first), Some(last)) if quotes.contains(&(first, last)) => Err(Problem::Value(
            "it is in quotation marks, which would become a part of it: write it without them (a shell takes them \
             away, `docker run --env-file` does not)"
                .to_owned(),
        )),
        _ => Ok(text),
    }
}

/// Cleans a value from the configuration file, where quotation marks within the text are intended.
pub(super) fn raw(raw: Raw) -> Result<Raw, Problem> {
    Ok(match raw {
        Raw::Text(text) => Raw::Text(trimmed(&text)?.to_owned()),
        Raw::List(items) => {
            let items = items.iter().map(|item| trimmed(item).map(str::to_owned));
            Raw::List(items.collect::<Result<_, _>>()?)
        }
    })
}

fn trimmed(text: &str) -> Result<&str, Problem> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_blank(c));
    match text.chars().find(|c| c.is_control() || is_blank(*c) || changes_direction(*c)) {
        Some(c) => Err(Problem::Value(format!("it contains the invisible character {}: remove it", name(c)))),
        None => Ok(text),
    }
}

/// A byte order mark, zero-width space or word joiner.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// Whether a character changes the direction of the following text.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn name(c: char) -> String {
    let name = match c {
        '\0' => " (NUL)",
        '\t' => " (tab)",
        '\n' => " (line feed)",
        '\r' => " (carriage return)",
        '\u{1b}' => " (escape)",
        '\u{feff}' => " (byte order mark)",
        _ => "",
    };
    format!("U+{:04X}{name}", u32::from(c))
}
