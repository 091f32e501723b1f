//! What is done to every value before it is read as what it is: white space and byte order marks at its ends are left
//! out, as files written on Windows bring them, and characters that cannot be seen are refused.
//!
//! No message repeats the value.

use super::kinds::{Problem, Raw};

/// A value from a flag, a variable or a file that holds it alone.
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

/// A value from the configuration file, where quotation marks within the text are meant.
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
        Some(c) => Err(Problem::Value(format!(
            "it holds the character {}, which cannot be seen and was hardly meant: remove it",
            name(c)
        ))),
        None => Ok(text),
    }
}

/// A byte order mark, a space without width, a word joiner.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// What turns the direction of the text that follows.
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
