//! The steps after the upload: the dry run, and the import. Each is a task of this process, which outlives the request.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use vestibule_core::{Filter, FindConfig};
use vestibule_flows::Context;
use vestibule_rbac::RoleId;

use super::store::WorkerId;
use super::{Choices, Outcome, Stopped, UploadError, UploadId, Uploads};
use crate::source::Map;
use crate::{
    Collisions, ImportError, ImportOptions, Importer, OnConflict, Progress, Refused, Report, SourceOptions, Summary,
};

/// How often a task notes how far it has come.
const BEAT: Duration = Duration::from_secs(1);

/// A step after the upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The dry run: it changes nothing.
    Check,
    /// The import.
    Import,
}

impl Step {
    /// The name of its report.
    pub(super) const fn report(self) -> &'static str {
        match self {
            Self::Check => "checked",
            Self::Import => "imported",
        }
    }

    /// The state after it.
    pub(super) const fn done(self) -> &'static str {
        match self {
            Self::Check => "checked",
            Self::Import => "finished",
        }
    }
}

impl Uploads {
    /// Begins the dry run, with these choices or else those that were made before.
    ///
    /// # Errors
    ///
    /// [`UploadError::Busy`] where another step is under way, or the import was done. Those of the database.
    pub async fn check(&self, id: UploadId, choices: Option<&Choices>, context: &Context) -> Result<(), UploadError> {
        self.begin(id, Step::Check, choices, context).await
    }

    /// Begins the import, or goes on with one that was interrupted. The caller must be permitted everything: an import gives any
    /// role, and changes any user.
    ///
    /// # Errors
    ///
    /// [`UploadError::Busy`] where another step is under way, the dry run was not done, or the import was. Those of the database.
    pub async fn import(&self, id: UploadId, context: &Context) -> Result<(), UploadError> {
        self.begin(id, Step::Import, None, context).await
    }

    async fn begin(
        &self,
        id: UploadId,
        step: Step,
        choices: Option<&Choices>,
        context: &Context,
    ) -> Result<(), UploadError> {
        self.set_up().await?;
        let Some(worker) = self.take(id, step, choices).await? else {
            return self.retrieve(id).await.and(Err(UploadError::Busy));
        };
        let (uploads, context) = (self.clone(), context.clone());
        tokio::spawn(async move { uploads.work((id, worker), step, context).await });
        Ok(())
    }

    /// Does a step, as long as no other task has taken it over.
    async fn work(self, (id, worker): (UploadId, WorkerId), step: Step, context: Context) {
        let rows = Arc::new(AtomicU64::new(0));
        // A task of its own: on SQLite the note below waits for the import's transaction, which must go on.
        let mut doing = tokio::spawn(self.clone().run(id, step, context, Arc::clone(&rows)));
        let mut beats = tokio::time::interval(BEAT);
        let done = loop {
            tokio::select! {
                done = &mut doing => break done.unwrap_or_else(|error| Err(Failed::Task(error))),
                _ = beats.tick() => match self.note(id, worker, rows.load(Ordering::Relaxed)).await {
                    Ok(true) => {}
                    // The present batch is rolled back.
                    Ok(false) => {
                        doing.abort();
                        return tracing::warn!(upload = %id, "another process has taken an upload over");
                    }
                    Err(error) => tracing::warn!(%error, upload = %id, "how far an upload has come could not be noted"),
                },
            }
        };
        let noted = match &done {
            Ok((summary, outcome, report)) => {
                self.finish((id, worker), step, (outcome, summary.import_id.as_deref()), report).await
            }
            Err(error) => {
                tracing::warn!(error = error.to_string(), upload = %id, "an upload could not be checked or imported");
                // What is wrong with roles shows before the first row, unless the import goes on.
                let has_begun = step == Step::Import && !(rows.load(Ordering::Relaxed) == 0 && error.is_before_rows());
                self.stop((id, worker), error.stopped(), has_begun).await
            }
        };
        if let Err(error) = noted {
            tracing::warn!(%error, upload = %id, "what came of an upload could not be noted");
        }
    }

    async fn run(
        self,
        id: UploadId,
        step: Step,
        context: Context,
        rows: Arc<AtomicU64>,
    ) -> Result<(Summary, Outcome, Vec<u8>), Failed> {
        let choices = self.retrieve(id).await?.choices.unwrap_or_default();
        let map = Map::chosen(choices.places(), self.roles_by_name().await?);
        let source = SourceOptions::table(&id.to_string(), self.content(id).await?, map);
        let options = ImportOptions {
            dry_run: step == Step::Check,
            on_conflict: if choices.updates { OnConflict::Update } else { OnConflict::Skip },
            // The reader of the page can correct the table: no one gets an address that no mail reaches.
            collisions: Collisions::Skip,
            refused: Refused::Skip,
            roles: choices.roles,
            ..ImportOptions::default()
        };
        let written = Written::default();
        let mut report = Report::to(written.clone()).map_err(ImportError::Report)?;
        let importer = Importer::new(self.flows.clone(), options).on_behalf_of(context);
        let summary = importer.run(&source, &mut report, &mut Shared(rows)).await?;
        let outcome = Outcome::new(&summary, report.noted().clone());
        Ok((summary, outcome, written.take()))
    }

    /// Our roles by their names, as they are written and in small letters: a table may name them.
    async fn roles_by_name(&self) -> Result<Vec<(String, RoleId)>, UploadError> {
        let find = FindConfig::default().page(0, 500);
        let roles = self.flows.rbac().list_rbac_roles(&Filter::everything(), &find).await?;
        Ok(roles
            .into_iter()
            .flat_map(|role| [(role.name.to_lowercase(), role.id.clone()), (role.name, role.id)])
            .collect())
    }
}

/// Why a step stopped.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Upload(#[from] UploadError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error("the task was broken off: {0}")]
    Task(tokio::task::JoinError),
}

impl Failed {
    const fn stopped(&self) -> Stopped {
        match self {
            Self::Upload(UploadError::Sealed) => Stopped::Sealed,
            Self::Import(ImportError::Roles(_)) => Stopped::Roles,
            _ => Stopped::Database,
        }
    }

    /// Whether the import stopped before it read its first row.
    const fn is_before_rows(&self) -> bool {
        matches!(self.stopped(), Stopped::Roles)
    }
}

/// How many rows are done, for the task that notes it.
struct Shared(Arc<AtomicU64>);

impl Progress for Shared {
    fn begin(&mut self, _: u64) {}
    fn at(&mut self, rows: u64) {
        self.0.store(rows, Ordering::Relaxed);
    }
}

/// A report in memory.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
