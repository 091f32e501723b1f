//! Writes to the terminal: tables and sentences for people, JSON for programs.

use std::io::Write;

use comfy_table::Table;
use serde::Serialize;

use super::Failure;

/// Prints a line on standard output.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    written(writeln!(std::io::stdout(), "{text}"))
}

/// Prints a question on standard error, without a line break.
pub(super) fn prompt(question: &str) -> Result<(), Failure> {
    let mut terminal = std::io::stderr();
    written(write!(terminal, "{question}").and_then(|()| terminal.flush()))
}

/// Prints JSON on standard output.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
    line(&text)
}

/// Prints a table on standard output, a line per row; prints `nothing` if it has no rows.
pub(super) fn table(head: &[&str], rows: Vec<Vec<String>>, nothing: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return line(nothing);
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(head.iter().map(|name| name.to_uppercase()));
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| harmless(cell))));
    let table = table.to_string();
    // The preset pads both sides of every cell: trims the ends of the lines.
    let lines: Vec<&str> = table.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    line(&lines.join("\n"))
}

/// Prints a page of a longer list as a table, and how much more there is.
pub(super) fn page(things: &str, head: &[&str], rows: Vec<Vec<String>>, count: u64) -> Result<(), Failure> {
    let shown = rows.len();
    table(head, rows, &format!("No {things} {}.", if count == 0 { "found" } else { "here" }))?;
    if u64::try_from(shown).unwrap_or(u64::MAX) < count {
        note(&format!("{shown} of {count}: see more with --offset and --limit"));
    }
    Ok(())
}

/// Returns text from users on one line: characters that control a terminal or the direction of text are escaped.
pub(super) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns { shown.extend(c.escape_debug()) } else { shown.push(c) }
    }
    shown
}

/// Prints a line on standard error, so that standard output contains only the result.
pub(super) fn note(text: &str) {
    // The work continues even if standard error is closed.
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// Prints an error on standard error.
pub(super) fn error(text: &str) {
    note(&format!("vestibule: {}", harmless(text)));
}

/// A reader that has closed the pipe, such as `head`, is no failure.
fn written(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("the output could not be written: {error}")))
        }
        _ => Ok(()),
    }
}
