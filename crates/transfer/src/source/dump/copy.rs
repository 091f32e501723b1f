//! A row of `COPY` in its text format (PostgreSQL's manual, COPY, "Text Format").

use serde_json::Value as Json;

/// A row without the carriage return that a system may have put at its end: one of its own would be `\r`.
pub(super) fn row(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The cells of a row: tabs stand between them, `\N` is nothing.
pub(super) fn cells(row: &str) -> Vec<Json> {
    let cell = |cell: &str| if cell == "\\N" { Json::Null } else { Json::String(unescaped(cell)) };
    row.split('\t').map(cell).collect()
}

/// A text without the backslashes that stand for other characters. What `COPY TO` never writes, octal and hexadecimal digits, is
/// not read.
fn unescaped(cell: &str) -> String {
    let (mut text, mut characters) = (String::with_capacity(cell.len()), cell.chars());
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('v') => '\u{b}',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_was_written() {
        let row = cells("a\\tb\t\\N\t\t\\\\N\t{\"x\": \"line\\\\nbreak\"}\tü\\n");
        let expected = [Some("a\tb"), None, Some(""), Some("\\N"), Some("{\"x\": \"line\\nbreak\"}"), Some("ü\n")];
        assert_eq!(row.iter().map(Json::as_str).collect::<Vec<_>>(), expected);
    }
}
