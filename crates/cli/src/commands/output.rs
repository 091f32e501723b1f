//! Writing to the terminal: tables and sentences for people, JSON for programs.

use std::io::Write;

use comfy_table::Table;
use serde::Serialize;

use super::Failure;

/// A line on standard output.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    written(writeln!(std::io::stdout(), "{text}"))
}

/// JSON on standard output.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
    line(&text)
}

/// A table on standard output, a line for each row; `nothing` where it has no rows.
pub(super) fn table(head: &[&str], rows: Vec<Vec<String>>, nothing: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return line(nothing);
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(head.iter().map(|name| name.to_uppercase()));
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| harmless(cell))));
    let table = table.to_string();
    // The preset pads both sides of every cell: lines begin at the margin and end with their text.
    let lines: Vec<&str> = table.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    line(&lines.join("\n"))
}

/// A page of a longer list, as a table, and how much more there is.
pub(super) fn page(things: &str, head: &[&str], rows: Vec<Vec<String>>, count: u64) -> Result<(), Failure> {
    let shown = rows.len();
    table(head, rows, &format!("No {things} {}.", if count == 0 { "found" } else { "here" }))?;
    if u64::try_from(shown).unwrap_or(u64::MAX) < count {
        note(&format!("{shown} of {count}: see more with --offset and --limit"));
    }
    Ok(())
}

/// What others have written, on one line: characters that would steer a terminal, or turn the direction of what follows
/// them, are spelled out.
pub(super) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns { shown.extend(c.escape_debug()) } else { shown.push(c) }
    }
    shown
}

/// A line for people on standard error, so that standard output holds the result alone.
pub(super) fn note(text: &str) {
    // A closed standard error must not keep the work from being done.
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// An error, on standard error.
pub(super) fn error(text: &str) {
    note(&format!("vestibule: {}", harmless(text)));
}

/// A reader that has gone away, such as `head`, is no failure.
fn written(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("the output could not be written: {error}")))
        }
        _ => Ok(()),
    }
}
