//! What is printed of imports.

use serde_json::{Map, json};
use vestibule::transfer::{ImportRun, Summary};

use crate::commands::{Failure, output};

/// How many addresses are printed.
const ADDRESSES: usize = 20;

/// Prints what became of the rows.
pub(super) fn summary(summary: &Summary, is_dry: bool, has_report: bool, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let mut counts: Map<String, serde_json::Value> = Map::new();
        for (kind, result, number) in summary.counts() {
            let results = counts.entry(kind).or_insert_with(|| json!({}));
            if let Some(results) = results.as_object_mut() {
                results.insert(result.to_owned(), number.into());
            }
        }
        return output::json(&json!({
            "import": summary.import_id,
            "dry_run": is_dry,
            "counts": counts,
            "addresses": summary.addresses,
            "comparison": summary.comparison,
        }));
    }
    let rows = summary
        .counts()
        .map(|(kind, result, number)| vec![kind.replace('_', " "), result.replace('_', " "), number.to_string()]);
    output::table(&["kind", "result", "rows"], rows.collect(), "The source has no rows.")?;
    if !summary.addresses.is_empty() {
        output::line("")?;
        output::line("Addresses that are refused here, or that several users have:")?;
        for line in summary.addresses.iter().take(ADDRESSES) {
            output::line(&format!("  {}", output::harmless(line)))?;
        }
        if summary.addresses.len() > ADDRESSES {
            output::line(&format!("  and {} more: see --report", summary.addresses.len() - ADDRESSES))?;
        }
    }
    if let Some(comparison) = &summary.comparison {
        output::line(comparison)?;
    }
    let is_more_to_say =
        summary.counts().any(|(kind, result, _)| result == "left_out" || (kind == "invite" && result == "created"));
    if !has_report && is_more_to_say {
        output::line(
            "`--report FILE` has a line for each row: why it was left out, and the new links of open invites.",
        )?;
    }
    match (&summary.import_id, is_dry) {
        (_, true) => output::line("Nothing was changed: this was a dry run."),
        (Some(id), false) => output::line(&format!("Imported as {id}. `vestibule import undo {id}` undoes it.")),
        (None, false) => Ok(()),
    }
}

/// Prints imports.
pub(super) fn runs(runs: &[ImportRun], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(&json!({ "imports": runs }));
    }
    let created = |run: &ImportRun| {
        let of = |kind: &str| {
            run.counts.get(kind).and_then(|results| results.get("created")).and_then(serde_json::Value::as_u64)
        };
        of("user").unwrap_or_default().to_string()
    };
    let rows = runs.iter().map(|run| {
        vec![run.id.to_string(), run.source.clone(), run.state.clone(), created(run), run.started_at.to_string()]
    });
    output::table(&["id", "from", "state", "new users", "started"], rows.collect(), "There are no imports.")
}
