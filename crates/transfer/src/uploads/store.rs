//! The rows of uploads.

use std::sync::Arc;

use serde_json::Value as Json;
use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Transaction, transaction, values};
use vestibule_flows::Context;

use super::{
    Choices, MOST_UPLOADS, Outcome, Step, Stopped, UNSEEN, Upload, UploadError, UploadId, UploadState, Uploads,
};

vestibule_core::id!(
    /// A task that does a step.
    WorkerId,
    "worker"
);

/// The longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 200;

/// The columns of an upload.
const COLUMNS: &str = "id, created_by, name, bytes, row_count, state, choices, rows_done, outcome, problem, import_id, seen_at, created_at";

#[derive(FromRow)]
struct Row {
    id: UploadId,
    created_by: String,
    name: String,
    bytes: i64,
    row_count: i64,
    state: String,
    choices: Option<Json>,
    rows_done: i64,
    outcome: Option<Json>,
    problem: Option<String>,
    import_id: Option<String>,
    seen_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl Row {
    fn upload(self, now: Timestamp) -> Upload {
        let is_alive = self.seen_at.is_some_and(|seen| seen > now - UNSEEN);
        let state = match (self.state.as_str(), is_alive) {
            ("checking", true) => UploadState::Checking,
            ("checking", false) => UploadState::CheckInterrupted,
            ("checked", _) => UploadState::Checked,
            ("running", true) => UploadState::Running,
            ("running", false) => UploadState::Interrupted,
            ("finished", _) => UploadState::Finished,
            _ => UploadState::New,
        };
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Upload {
            id: self.id,
            created_by: self.created_by,
            name: self.name,
            bytes: count(self.bytes),
            rows: count(self.row_count),
            state,
            choices: self.choices.as_ref().map(Choices::from_json),
            rows_done: count(self.rows_done),
            outcome: self.outcome.as_ref().map(Outcome::from_json),
            stopped: self.problem.as_deref().and_then(Stopped::from_name),
            import_id: self.import_id,
            created_at: self.created_at,
        }
    }
}

impl Stopped {
    const ALL: [Self; 3] = [Self::Database, Self::Roles, Self::Sealed];

    const fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Roles => "roles",
            Self::Sealed => "sealed",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stopped| stopped.name() == name)
    }
}

/// Where a file is sealed for.
fn place(id: UploadId, name: &str) -> String {
    format!("upload {id} {name}")
}

impl Uploads {
    /// Lists the uploads, the newest first.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn list(&self) -> Result<Vec<Upload>, UploadError> {
        self.set_up().await?;
        let text = format!("SELECT {COLUMNS} FROM transfer_uploads ORDER BY id DESC LIMIT 100");
        let rows: Vec<Row> = self.flows.database().query(text, &[]).await?;
        let now = self.flows.environment().now();
        Ok(rows.into_iter().map(|row| row.upload(now)).collect())
    }

    /// Returns an upload.
    ///
    /// # Errors
    ///
    /// [`UploadError::NotFound`], or those of the database.
    pub async fn retrieve(&self, id: UploadId) -> Result<Upload, UploadError> {
        self.set_up().await?;
        let text = format!("SELECT {COLUMNS} FROM transfer_uploads WHERE id = $1");
        let row: Option<Row> = self.flows.database().query_optional(text, values![id]).await?;
        row.map(|row| row.upload(self.flows.environment().now())).ok_or(UploadError::NotFound)
    }

    /// Returns the report of a step, a table in CSV; none before the step was done.
    ///
    /// # Errors
    ///
    /// [`UploadError::Sealed`], or those of the database.
    pub async fn report(&self, id: UploadId, step: Step) -> Result<Option<Vec<u8>>, UploadError> {
        self.set_up().await?;
        self.file(id, step.report()).await
    }

    /// Deletes an upload at which no one works, with its table and reports. What was imported stays.
    ///
    /// # Errors
    ///
    /// [`UploadError::Busy`], or those of the database.
    pub async fn delete(&self, id: UploadId) -> Result<(), UploadError> {
        self.set_up().await?;
        let dead = self.flows.environment().now() - UNSEEN;
        let deleted: Result<u64, Error> = transaction!(self.flows.database(), |transaction| {
            let text = "DELETE FROM transfer_uploads WHERE id = $1
                        AND (state NOT IN ('checking', 'running') OR seen_at IS NULL OR seen_at <= $2)";
            transaction.execute(text, values![id, dead]).await
        });
        match deleted? {
            0 => self.retrieve(id).await.and(Err(UploadError::Busy)),
            _ => Ok(()),
        }
    }

    pub(super) async fn insert(
        &self,
        name: &str,
        content: &[u8],
        rows: u64,
        context: &Context,
    ) -> Result<UploadId, UploadError> {
        let id: UploadId = self.flows.environment().id();
        let (sealed, now) = (self.seal(id, "table", content), self.flows.environment().now());
        let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        let bytes = i64::try_from(content.len()).unwrap_or(i64::MAX);
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let owner = context.actor.id().unwrap_or_default();
        let dead = now - UNSEEN;
        let inserted: Result<(), Error> = transaction!(self.flows.database(), |transaction| {
            let text = "DELETE FROM transfer_uploads WHERE id NOT IN (
                            SELECT id FROM transfer_uploads ORDER BY id DESC LIMIT $1)
                        AND (state NOT IN ('checking', 'running') OR seen_at IS NULL OR seen_at <= $2)";
            transaction.execute_pipelined(text, values![MOST_UPLOADS - 1, dead]).await?;
            let text =
                "INSERT INTO transfer_uploads (id, created_by, name, bytes, row_count, state, rows_done, created_at)
                        VALUES ($1, $2, $3, $4, $5, 'new', 0, $6)";
            transaction.execute_pipelined(text, values![id, owner.as_str(), name.as_str(), bytes, rows, now]).await?;
            keep_file(transaction, id, "table", &sealed).await
        });
        inserted?;
        Ok(id)
    }

    /// The table of an upload.
    pub(super) async fn content(&self, id: UploadId) -> Result<Arc<[u8]>, UploadError> {
        self.set_up().await?;
        Ok(self.file(id, "table").await?.ok_or(UploadError::NotFound)?.into())
    }

    async fn file(&self, id: UploadId, name: &'static str) -> Result<Option<Vec<u8>>, UploadError> {
        let text = "SELECT sealed FROM transfer_files WHERE upload_id = $1 AND name = $2";
        let sealed: Option<Vec<u8>> = self.flows.database().query_scalar_optional(text, values![id, name]).await?;
        let open = |sealed: Vec<u8>| self.flows.auth().sealing_key().open(&place(id, name), &sealed);
        sealed.map(open).transpose().map_err(|_| UploadError::Sealed)
    }

    fn seal(&self, id: UploadId, name: &'static str, content: &[u8]) -> Vec<u8> {
        self.flows.auth().sealing_key().seal(self.flows.environment(), &place(id, name), content)
    }

    pub(super) async fn delete_before(&self, time: Timestamp) -> Result<u64, Error> {
        let dead = self.flows.environment().now() - UNSEEN;
        transaction!(self.flows.database(), |transaction| {
            let text = "DELETE FROM transfer_uploads WHERE created_at < $1
                        AND (state NOT IN ('checking', 'running') OR seen_at IS NULL OR seen_at <= $2)";
            transaction.execute(text, values![time, dead]).await
        })
    }

    /// Takes an upload for a step, unless another task does one or the step is not due. With new choices for the dry run.
    pub(super) async fn take(
        &self,
        id: UploadId,
        step: Step,
        choices: Option<&Choices>,
    ) -> Result<Option<WorkerId>, Error> {
        let worker: WorkerId = self.flows.environment().id();
        let now = self.flows.environment().now();
        let choices = choices.map(Choices::to_json);
        let taken: Result<u64, Error> = transaction!(self.flows.database(), |transaction| {
            match step {
                Step::Check => {
                    let text =
                        "UPDATE transfer_uploads SET state = 'checking', choices = coalesce($4, choices), worker = $2,
                                    seen_at = $3, rows_done = 0, outcome = NULL, problem = NULL
                                WHERE id = $1 AND (state IN ('new', 'checked')
                                    OR (state = 'checking' AND (seen_at IS NULL OR seen_at <= $5)))";
                    transaction.execute(text, values![id, worker, now, choices.clone(), now - UNSEEN]).await
                }
                Step::Import => {
                    let text =
                        "UPDATE transfer_uploads SET state = 'running', worker = $2, seen_at = $3, problem = NULL,
                                    rows_done = CASE WHEN state = 'checked' THEN 0 ELSE rows_done END
                                WHERE id = $1 AND (state = 'checked'
                                    OR (state = 'running' AND (seen_at IS NULL OR seen_at <= $4)))";
                    transaction.execute(text, values![id, worker, now, now - UNSEEN]).await
                }
            }
        });
        Ok((taken? > 0).then_some(worker))
    }

    /// Notes that a task is alive, and how far it has come. Whether the upload is still its own.
    pub(super) async fn note(&self, id: UploadId, worker: WorkerId, rows: u64) -> Result<bool, Error> {
        let (now, rows) = (self.flows.environment().now(), i64::try_from(rows).unwrap_or(i64::MAX));
        let noted: Result<u64, Error> = transaction!(self.flows.database(), |transaction| {
            let text = "UPDATE transfer_uploads SET seen_at = $3, rows_done = $4 WHERE id = $1 AND worker = $2";
            transaction.execute(text, values![id, worker, now, rows]).await
        });
        Ok(noted? > 0)
    }

    /// Ends a step. After the import the table is no longer needed.
    pub(super) async fn finish(
        &self,
        (id, worker): (UploadId, WorkerId),
        step: Step,
        (outcome, import_id): (&Outcome, Option<&str>),
        report: &[u8],
    ) -> Result<(), Error> {
        let sealed = self.seal(id, step.report(), report);
        let (state, outcome) = (step.done(), outcome.to_json());
        transaction!(self.flows.database(), |transaction| {
            let text =
                "UPDATE transfer_uploads SET state = $3, outcome = $4, import_id = $5, worker = NULL, seen_at = NULL
                        WHERE id = $1 AND worker = $2";
            if transaction.execute(text, values![id, worker, state, outcome.clone(), import_id]).await? == 0 {
                return Ok(());
            }
            if step == Step::Import {
                let text = "DELETE FROM transfer_files WHERE upload_id = $1";
                transaction.execute_pipelined(text, values![id]).await?;
            }
            keep_file(transaction, id, step.report(), &sealed).await
        })
    }

    /// Notes why a step stopped. A dry run begins again, an import goes on if it had begun.
    pub(super) async fn stop(
        &self,
        (id, worker): (UploadId, WorkerId),
        stopped: Stopped,
        has_begun: bool,
    ) -> Result<(), Error> {
        let state = if has_begun { "running" } else { "new" };
        transaction!(self.flows.database(), |transaction| {
            let text = "UPDATE transfer_uploads SET state = $3, problem = $4, worker = NULL, seen_at = NULL
                        WHERE id = $1 AND worker = $2";
            transaction.execute(text, values![id, worker, state, stopped.name()]).await.map(drop)
        })
    }
}

/// Keeps a file of an upload, in place of one of the same name.
async fn keep_file(
    transaction: &mut Transaction,
    id: UploadId,
    name: &'static str,
    sealed: &[u8],
) -> Result<(), Error> {
    let text = "DELETE FROM transfer_files WHERE upload_id = $1 AND name = $2";
    transaction.execute_pipelined(text, values![id, name]).await?;
    let text = "INSERT INTO transfer_files (upload_id, name, sealed) VALUES ($1, $2, $3)";
    transaction.execute_pipelined(text, values![id, name, sealed.to_vec()]).await
}
