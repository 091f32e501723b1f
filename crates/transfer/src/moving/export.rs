//! Writing everything.

use std::io::Write;

use serde_json::{Map, Value as Json, json};
use vestibule_database::Error;
use vestibule_flows::Flows;

use super::totals::Totals;
use super::{FORMAT, SECRET_KINDS, VERSION, tables};
use crate::report::harmless;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A JSON object a line: what an import reads.
    Jsonl,
    /// A table for spreadsheets, with a column for each field of any kind. No cell is taken for a formula.
    Csv,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// It cannot be written.
    #[error("the export cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The database failed.
    #[error("the database failed: {}", .0.causes())]
    Database(#[from] Error),
}

/// Writes users, invites, identities, roles, assignments and the audit log, 500 rows in memory at a time. With `with_hashes` also what signs
/// users in: hashes of passwords, recovery codes and API keys, and second factors, which stay encrypted by this installation's key. Returns
/// the number of rows. What is written by others at the same moment may be there or not.
///
/// # Errors
///
/// [`ExportError`].
pub async fn export(
    flows: &Flows,
    format: ExportFormat,
    with_hashes: bool,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    let columns = columns();
    match format {
        ExportFormat::Jsonl => {
            let head = json!({ "kind": FORMAT, "version": VERSION, "with_hashes": with_hashes });
            writeln!(out, "{head}")?;
        }
        ExportFormat::Csv => write_cells(out, std::iter::once("kind").chain(columns.iter().copied()))?,
    }
    let (mut totals, mut number) = (Totals::default(), 0);
    for table in tables() {
        if !with_hashes && SECRET_KINDS.contains(&table.kind) {
            continue;
        }
        let mut last: Option<Map<String, Json>> = None;
        loop {
            let rows = table.read(flows.database(), last.as_ref(), with_hashes).await?;
            for row in &rows {
                totals.add(table.kind, row);
                match format {
                    ExportFormat::Jsonl => writeln!(out, "{}", json!({ "kind": table.kind, "row": row }))?,
                    ExportFormat::Csv => {
                        let cells: Vec<String> = columns.iter().map(|name| cell(row.get(*name))).collect();
                        write_cells(out, std::iter::once(table.kind).chain(cells.iter().map(String::as_str)))?;
                    }
                }
                number += 1;
            }
            match rows.into_iter().last() {
                Some(row) => last = Some(row),
                None => break,
            }
        }
    }
    if format == ExportFormat::Jsonl {
        writeln!(out, "{}", json!({ "kind": "end", "totals": totals.to_json() }))?;
    }
    out.flush()?;
    Ok(number)
}

/// The columns of all kinds, each once.
fn columns() -> Vec<&'static str> {
    let mut columns: Vec<&'static str> = Vec::new();
    for (name, _) in tables().into_iter().flat_map(|table| table.columns) {
        if !columns.contains(name) {
            columns.push(name);
        }
    }
    columns
}

fn cell(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => harmless(text),
        Some(other) => harmless(&other.to_string()),
    }
}

fn write_cells<'a>(out: &mut (dyn Write + Send), cells: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(Vec::new());
    table.write_record(cells).map_err(std::io::Error::other)?;
    let line = table.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
    out.write_all(&line)
}
