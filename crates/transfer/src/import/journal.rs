//! The journal of imports: what was asked for, how far each has come, and what it has created.

use serde::Serialize;
use serde_json::{Value as Json, json};
use vestibule_core::Timestamp;
use vestibule_database::{Database, Error, FromRow, Transaction, values};

use crate::{MIGRATIONS, Summary};

vestibule_core::id!(
    /// An import.
    ImportId,
    "import"
);

/// An import, as it is listed.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct ImportRun {
    /// The id.
    pub id: ImportId,
    /// The program that its users came from.
    pub source: String,
    /// `running`, which an interrupted one stays until it is continued; `finished` or `undone`.
    pub state: String,
    /// What became of the rows, by kind and result.
    pub counts: Json,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

/// An import that can be continued.
#[derive(Debug, FromRow)]
pub(crate) struct Interrupted {
    pub(crate) id: ImportId,
    pub(crate) mark: Option<String>,
    pub(crate) counts: Json,
    pub(crate) started_at: Timestamp,
    /// The number of the last batch that changed something.
    pub(crate) batches: i64,
}

/// What a batch has created, and what was there before it changed anything.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Changes {
    /// Users and invites.
    pub(crate) people: Vec<String>,
    /// Identities and API keys.
    pub(crate) identities: Vec<String>,
    /// Users as they were.
    pub(crate) before: Vec<Json>,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty() && self.identities.is_empty() && self.before.is_empty()
    }
}

/// Creates the tables of imports where there are none.
pub(crate) async fn set_up(database: &Database) -> Result<(), vestibule_database::MigrationError> {
    database.migrate(&[MIGRATIONS]).await.map(drop)
}

/// Finds the newest interrupted import of a source.
pub(crate) async fn find_interrupted(database: &Database, fingerprint: &str) -> Result<Option<Interrupted>, Error> {
    let text = "SELECT id, mark, counts, started_at,
                    (SELECT coalesce(max(number), 0) FROM transfer_batches WHERE import_id = transfer_imports.id) AS batches
                FROM transfer_imports WHERE fingerprint = $1 AND state = 'running' ORDER BY id DESC LIMIT 1";
    database.query_optional(text, values![fingerprint]).await
}

/// Begins an import.
pub(crate) async fn begin(
    transaction: &mut Transaction,
    id: ImportId,
    source: &str,
    fingerprint: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let text = "INSERT INTO transfer_imports (id, source, fingerprint, state, counts, started_at)
                VALUES ($1, $2, $3, 'running', $4, $5)";
    transaction.execute_pipelined(text, values![id, source, fingerprint, json!({}), now]).await
}

/// Notes a batch, in its transaction.
pub(crate) async fn note(
    transaction: &mut Transaction,
    id: ImportId,
    number: i64,
    mark: &str,
    summary: &Summary,
    changes: &Changes,
) -> Result<(), Error> {
    let text = "UPDATE transfer_imports SET mark = $2, counts = $3 WHERE id = $1";
    transaction.execute_pipelined(text, values![id, mark, summary.to_json()]).await?;
    if changes.is_empty() {
        return Ok(());
    }
    let created = json!({ "people": changes.people, "identities": changes.identities });
    let text = "INSERT INTO transfer_batches (import_id, number, created, updated) VALUES ($1, $2, $3, $4)";
    transaction.execute_pipelined(text, values![id, number, created, Json::Array(changes.before.clone())]).await
}

/// Ends an import.
pub(crate) async fn finish(
    transaction: &mut Transaction,
    id: ImportId,
    state: &'static str,
    now: Timestamp,
) -> Result<bool, Error> {
    let text = match state {
        "undone" => "UPDATE transfer_imports SET state = $2, undone_at = $3 WHERE id = $1 AND state <> 'undone'",
        _ => "UPDATE transfer_imports SET state = $2, finished_at = $3 WHERE id = $1 AND state = 'running'",
    };
    Ok(transaction.execute(text, values![id, state, now]).await? > 0)
}

/// Lists the newest imports.
pub(crate) async fn list(database: &Database) -> Result<Vec<ImportRun>, Error> {
    let text = "SELECT id, source, state, counts, started_at, finished_at, undone_at FROM transfer_imports ORDER BY id DESC LIMIT 200";
    database.query(text, &[]).await
}

/// A batch, as it was noted.
#[derive(FromRow)]
struct Batch {
    number: i64,
    created: Json,
    updated: Json,
}

/// The batch after this one.
pub(crate) async fn next_batch(database: &Database, id: ImportId, after: i64) -> Result<Option<(i64, Changes)>, Error> {
    let text = "SELECT number, created, updated FROM transfer_batches WHERE import_id = $1 AND number > $2 ORDER BY number LIMIT 1";
    let found: Option<Batch> = database.query_optional(text, values![id, after]).await?;
    Ok(found.map(|batch| {
        let texts = |name: &str| {
            let list = batch.created.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Json::as_str).map(str::to_owned).collect()
        };
        let before = batch.updated.as_array().cloned().unwrap_or_default();
        (batch.number, Changes { people: texts("people"), identities: texts("identities"), before })
    }))
}
