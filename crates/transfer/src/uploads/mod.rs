//! Tables that are uploaded on a page: read, checked by a dry run and imported, each step by whichever process gets it.
//!
//! The table waits in the database, sealed, for a day at most. A step is a task of the process that began it; its row says when the task
//! was last seen, so that another one can take over when the process has died. An import that is taken over continues where the
//! journal says.

mod choices;
mod error;
mod noted;
mod preview;
mod steps;
mod store;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::OnceCell;
use vestibule_core::Timestamp;
use vestibule_flows::{Context, Flows};

pub use self::choices::Choices;
pub use self::error::UploadError;
pub use self::noted::{Note, Noted};
pub use self::preview::Preview;
pub use self::steps::Step;
use crate::{MIGRATIONS, Summary};

vestibule_core::id!(
    /// An uploaded table.
    UploadId,
    "upload"
);

/// The most bytes of an uploaded table.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The most rows of an uploaded table: its report must fit into memory.
pub const MOST_ROWS: u64 = 100_000;

/// How many tables wait at most: a new one replaces the oldest at which no one works.
const MOST_UPLOADS: i64 = 20;

/// How long a table is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a task may not be seen before it counts as dead.
const UNSEEN: Duration = Duration::from_secs(30);

/// An uploaded table, without its content.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Upload {
    /// The id.
    pub id: UploadId,
    /// The id of the user who uploaded it.
    pub created_by: String,
    /// What the file was called.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// How many rows it has.
    pub rows: u64,
    /// Which step it has reached.
    pub state: UploadState,
    /// What its columns become; none before that was chosen.
    pub choices: Option<Choices>,
    /// How many rows the present step has done.
    pub rows_done: u64,
    /// What the last step has found, or done.
    pub outcome: Option<Outcome>,
    /// Why the last step stopped.
    pub stopped: Option<Stopped>,
    /// The import, once it is finished.
    pub import_id: Option<String>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// Which step an upload has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadState {
    /// It was uploaded, and is to be checked.
    New,
    /// The dry run is under way.
    Checking,
    /// The dry run was interrupted.
    CheckInterrupted,
    /// The dry run is done.
    Checked,
    /// The import is under way.
    Running,
    /// The import was interrupted: it can go on.
    Interrupted,
    /// The import is done.
    Finished,
}

/// What a step has found, or done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How many users were created, or would be.
    pub created: u64,
    /// How many were changed.
    pub updated: u64,
    /// How many are there already, and stay as they are.
    pub exists: u64,
    /// How many rows were left out.
    pub left_out: u64,
    /// The first rows that someone should look at.
    pub noted: Noted,
}

/// Why a step stopped. Nothing of the present batch was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The database failed.
    Database,
    /// A role that was chosen is no longer there.
    Roles,
    /// The upload cannot be opened: the secret of the server has changed.
    Sealed,
}

/// Uploaded tables. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Uploads {
    flows: Flows,
    /// The tables of imports are created once by each process.
    is_set_up: Arc<OnceCell<()>>,
}

impl Uploads {
    /// Uploads in the database of these flows.
    pub fn new(flows: Flows) -> Self {
        Self { flows, is_set_up: Arc::default() }
    }

    /// Keeps a table, after it was read to its end. Returns its id.
    ///
    /// # Errors
    ///
    /// [`UploadError::TooLarge`], [`UploadError::Table`] with the place and what is wrong there, or the database's.
    pub async fn create(&self, name: &str, content: Arc<[u8]>, context: &Context) -> Result<UploadId, UploadError> {
        if content.len() > MOST_BYTES {
            return Err(UploadError::TooLarge);
        }
        self.set_up().await?;
        let read = Arc::clone(&content);
        let preview = blocking(move || Preview::read(&*read)).await??;
        self.insert(name, &content, preview.rows, context).await
    }

    /// Returns what a table has.
    ///
    /// # Errors
    ///
    /// [`UploadError::NotFound`], [`UploadError::Sealed`], or the database's.
    pub async fn preview(&self, id: UploadId) -> Result<Preview, UploadError> {
        let content = self.content(id).await?;
        Ok(blocking(move || Preview::read(&*content)).await??)
    }

    /// Deletes what was uploaded a day ago. Returns how many tables that were; none where nothing was ever uploaded.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn delete_old(&self) -> Result<u64, UploadError> {
        // Not every installation imports: the tables are created by the first one that does.
        let status = self.flows.database().migration_status(&[MIGRATIONS]).await?;
        match status.iter().all(|step| step.applied) {
            true => Ok(self.delete_before(self.flows.environment().now() - KEPT).await?),
            false => Ok(0),
        }
    }

    async fn set_up(&self) -> Result<(), UploadError> {
        let set_up = async || crate::import::journal::set_up(self.flows.database()).await;
        Ok(self.is_set_up.get_or_try_init(set_up).await.map(drop)?)
    }
}

impl Outcome {
    fn new(summary: &Summary, noted: Noted) -> Self {
        let of = |result| summary.count("user", result);
        Self { created: of("created"), updated: of("updated"), exists: of("exists"), left_out: of("left_out"), noted }
    }

    fn to_json(&self) -> Json {
        serde_json::json!({
            "created": self.created,
            "updated": self.updated,
            "exists": self.exists,
            "left_out": self.left_out,
            "noted": self.noted.to_json(),
        })
    }

    fn from_json(json: &Json) -> Self {
        let of = |name: &str| json.get(name).and_then(Json::as_u64).unwrap_or_default();
        Self {
            created: of("created"),
            updated: of("updated"),
            exists: of("exists"),
            left_out: of("left_out"),
            noted: json.get("noted").map(Noted::from_json).unwrap_or_default(),
        }
    }
}

/// Runs what takes long without waiting.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, UploadError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| UploadError::Database(vestibule_database::Error::Other(Box::new(error))))
}
