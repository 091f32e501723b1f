//! Reading an export back.

use std::io::{BufRead, BufReader};

use serde_json::{Map, Value as Json};
use vestibule_audit::{Action, NewEntry};
use vestibule_database::{Dumped, Error, Transaction, transaction};
use vestibule_flows::Flows;

use super::totals::Totals;
use super::{FORMAT, SECRET_KINDS, VERSION, tables};
use crate::import::{Changes, ImportError, ImportId, Progress, journal};
use crate::report::{Line, Report, Summary};
use crate::source::{BATCH, SourceError, SourceOptions};

/// A line of an export.
struct Row {
    number: u64,
    kind: String,
    fields: Map<String, Json>,
}

/// The lines of a file.
struct Lines<R> {
    path: String,
    reader: R,
    number: u64,
    with_hashes: bool,
    totals: Option<Json>,
}

fn wrong(path: &str, line: u64, column: u64, message: impl Into<String>) -> ImportError {
    SourceError::Content { path: path.to_owned(), line, column, message: message.into() }.into()
}

impl Lines<BufReader<std::fs::File>> {
    fn open(path: &str) -> Result<Self, ImportError> {
        let refused = |error| ImportError::from(SourceError::File { path: path.to_owned(), error });
        let reader = BufReader::with_capacity(1 << 16, std::fs::File::open(path).map_err(refused)?);
        let mut lines = Self { path: path.to_owned(), reader, number: 0, with_hashes: false, totals: None };
        if lines.reader.fill_buf().map_err(refused)?.starts_with(b"kind,") {
            return Err(wrong(
                path,
                1,
                1,
                "this is an export for spreadsheets (--format csv), in which texts are changed so that none is a formula, and which has no sums: \
                 export again with --format jsonl --with-hashes",
            ));
        }
        let head = lines.next_json()?.ok_or_else(|| wrong(path, 1, 1, "the file is empty"))?;
        if head.get("kind").and_then(Json::as_str) != Some(FORMAT) {
            return Err(wrong(path, 1, 1, "this is no export of Vestibule: its first line would say so"));
        }
        if head.get("version").and_then(Json::as_u64) != Some(VERSION) {
            return Err(wrong(path, 1, 1, "this export is of a newer version of Vestibule"));
        }
        lines.with_hashes = head.get("with_hashes").and_then(Json::as_bool) == Some(true);
        Ok(lines)
    }

    fn next_json(&mut self) -> Result<Option<Map<String, Json>>, ImportError> {
        let mut bytes = Vec::new();
        self.number += 1;
        let read = self.reader.read_until(b'\n', &mut bytes);
        match read.map_err(|error| SourceError::File { path: self.path.clone(), error })? {
            0 => Ok(None),
            _ => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                let column = u64::try_from(error.column()).unwrap_or_default().max(1);
                let message = error.to_string();
                let message =
                    message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
                wrong(&self.path, self.number, column, message)
            }),
        }
    }

    /// The next row; nothing after the line that ends the file.
    fn next_row(&mut self) -> Result<Option<Row>, ImportError> {
        if self.totals.is_some() {
            return Ok(None);
        }
        let Some(mut line) = self.next_json()? else {
            return Err(wrong(&self.path, self.number, 1, "the file ends before its last line: it is not complete"));
        };
        let kind = line.get("kind").and_then(Json::as_str).unwrap_or_default().to_owned();
        if kind == "end" {
            self.totals = line.remove("totals");
            return Ok(None);
        }
        if !tables().iter().any(|table| table.kind == kind) {
            return Err(wrong(&self.path, self.number, 1, format!("there is no kind of row {kind:?}")));
        }
        match line.remove("row") {
            Some(Json::Object(fields)) => Ok(Some(Row { number: self.number, kind, fields })),
            _ => Err(wrong(&self.path, self.number, 1, "the line has no row")),
        }
    }
}

/// Reads an export into this installation. Returns what was created, and whether this installation now has what the file has.
pub(crate) async fn restore(
    flows: &Flows,
    source: &SourceOptions,
    dry_run: bool,
    report: &mut Report,
    progress: &mut dyn Progress,
) -> Result<Summary, ImportError> {
    let mut lines = Lines::open(&source.location)?;
    let mut rows = 0_u64;
    while lines.next_row()?.is_some() {
        rows += 1;
    }
    progress.begin(rows);
    let database = flows.database();
    journal::set_up(database).await?;
    let fingerprint = source.fingerprint()?;
    let found = if dry_run { None } else { journal::find_interrupted(database, &fingerprint).await? };
    let now = flows.environment().now();
    let (id, mark, mut batch, mut summary, mut has_begun) = match found {
        Some(found) => {
            let mark = found.mark.and_then(|mark| mark.parse().ok()).unwrap_or(0);
            (found.id, mark, found.batches, Summary::from_json(&found.counts), true)
        }
        None => (flows.environment().id::<ImportId>(), 0_u64, 0, Summary::default(), false),
    };
    let mut lines = Lines::open(&source.location)?;
    loop {
        let mut portion = Vec::with_capacity(BATCH);
        while portion.len() < BATCH {
            match lines.next_row()? {
                Some(row) if row.number > mark => portion.push(row),
                Some(_) => {}
                None => break,
            }
        }
        let Some(last) = portion.last().map(|row| row.number) else { break };
        batch += 1;
        if dry_run {
            let mut transaction = database.begin().await?;
            let (done, _) = write(flows, &mut transaction, &portion).await?;
            transaction.rollback().await?;
            note(&mut summary, report, &portion, &done)?;
        } else {
            let written: Result<_, Error> = transaction!(database, |transaction| {
                if !has_begun {
                    journal::begin(transaction, id, source.kind.name(), &fingerprint, now).await?;
                }
                let (done, changes) = write(flows, transaction, &portion).await?;
                let mut sum = summary.clone();
                portion.iter().zip(&done).for_each(|(row, result)| sum.add(&row.kind, result));
                journal::note(transaction, id, batch, &last.to_string(), &sum, &changes).await?;
                Ok(done)
            });
            let done = written?;
            has_begun = true;
            note(&mut summary, report, &portion, &done)?;
        }
        progress.at(last);
    }
    if dry_run || !has_begun {
        return Ok(summary);
    }
    let difference = compare(flows, &lines).await?;
    summary.import_id = Some(id.to_string());
    summary.comparison = Some(match difference.is_empty() {
        true => "This installation has the rows of the file and no others: counts and checksums agree.".to_owned(),
        false => format!("This installation has other rows than the file as well: {}.", difference.join(", ")),
    });
    let finished: Result<(), Error> = transaction!(database, |transaction| {
        journal::finish(transaction, id, "finished", flows.environment().now()).await?;
        let text = id.to_string();
        let entry = NewEntry::new(Action::ImportFinished, ("operator", None), ("import", &text));
        let entry = NewEntry { after: Some(summary.to_json()), ..entry };
        flows.audit().record_within(transaction, entry).await.map(drop)
    });
    finished?;
    Ok(summary)
}

fn note(summary: &mut Summary, report: &mut Report, rows: &[Row], done: &[&'static str]) -> Result<(), ImportError> {
    for (row, result) in rows.iter().zip(done) {
        summary.add(&row.kind, result);
        let text = |name: &str| row.fields.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let (place, id, address) = (format!("line {}", row.number), text("id"), text("email"));
        let kind = tables().iter().find(|table| table.kind == row.kind).map_or("", |table| table.kind);
        let line = Line { place, kind, id, address, result, reasons: Vec::new() };
        report.write(&line).map_err(ImportError::Report)?;
    }
    Ok(())
}

/// Writes rows; returns what became of each, and what was created.
async fn write(
    flows: &Flows,
    transaction: &mut Transaction,
    rows: &[Row],
) -> Result<(Vec<&'static str>, Changes), Error> {
    let (mut done, mut changes) = (Vec::with_capacity(rows.len()), Changes::default());
    let (mut subjects, mut roles) = (Vec::new(), Vec::new());
    let tables = tables();
    for row in rows {
        let Some(table) = tables.iter().find(|table| table.kind == row.kind) else { continue };
        let text = |name: &str| row.fields.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        if row.kind == "policy" {
            flows.rbac().make_way_for_policy_within(transaction, &text("key"), &text("id")).await?;
        }
        if row.kind == "role_policy" {
            let (role, policy) = (text("role_id"), text("policy_id"));
            flows.rbac().make_way_for_role_policy_within(transaction, (&role, &policy), &text("id")).await?;
        }
        let result = write_row(flows, transaction, table, row).await?;
        if row.kind == "policy" {
            flows.rbac().take_place_of_policy_within(transaction, &text("key"), &text("id")).await?;
        }
        if row.kind == "role" {
            roles.extend(text("id").parse().ok());
        }
        if result == "created" {
            match row.kind.as_str() {
                "user" | "invite" => changes.people.push(text("id")),
                "identity" | "api_key" => changes.identities.push(text("id")),
                "assignment" => subjects.push(text("subject_id")),
                _ => {}
            }
        }
        done.push(result);
    }
    subjects.sort();
    subjects.dedup();
    flows.rbac().gather_moved_within(transaction, &subjects, &roles).await?;
    Ok((done, changes))
}

async fn write_row(
    flows: &Flows,
    transaction: &mut Transaction,
    table: &Dumped,
    row: &Row,
) -> Result<&'static str, Error> {
    let mut fields = row.fields.clone();
    if row.kind == "verification" && !fields.contains_key("code_hash") {
        // The code was left out: none confirms this one.
        let random: String =
            flows.environment().random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        fields.insert("code_hash".to_owned(), Json::String(random));
    }
    let mut inner = transaction.savepoint().await?;
    match table.write(&mut inner, &fields).await {
        Ok(created) => {
            inner.commit().await?;
            Ok(match (table.replaces, created) {
                (true, _) => "written",
                (false, true) => "created",
                (false, false) => "exists",
            })
        }
        // Another row has its name: a user with the same address, for example.
        Err(Error::Unique { .. } | Error::ForeignKey(_)) => {
            drop(inner);
            Ok("left_out")
        }
        Err(error) => Err(error),
    }
}

/// The kinds of which this installation has other rows than the file.
async fn compare(flows: &Flows, lines: &Lines<BufReader<std::fs::File>>) -> Result<Vec<String>, Error> {
    let mut totals = Totals::default();
    for table in tables() {
        if !lines.with_hashes && SECRET_KINDS.contains(&table.kind) {
            continue;
        }
        let mut last: Option<Map<String, Json>> = None;
        loop {
            let rows = table.read(flows.database(), last.as_ref(), lines.with_hashes).await?;
            rows.iter().for_each(|row| totals.add(table.kind, row));
            match rows.into_iter().last() {
                Some(row) => last = Some(row),
                None => break,
            }
        }
    }
    let (ours, theirs) = (totals.to_json(), lines.totals.clone().unwrap_or_default());
    let differs = |table: &&Dumped| ours.get(table.kind) != theirs.get(table.kind);
    Ok(tables().into_iter().filter(differs).map(|table| table.kind.to_owned()).collect())
}
