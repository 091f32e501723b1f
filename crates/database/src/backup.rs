//! Copies of a SQLite database, made while it is in use, and whether a file is one.

use std::path::{Path, PathBuf};

use crate::database::Driver;
use crate::{Database, Error, Migrations};

/// Why no backup was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database is PostgreSQL's, which has tools of its own.
    #[error("PostgreSQL is backed up by its own tools: pg_dump writes a copy, pg_restore reads it")]
    Postgres,
    /// There is a file already, and it stays.
    #[error("{} is there already: name another file, or move it away", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The database cannot be read.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why a file is no backup that this program can use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableBackupError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is no database, or a part of it is missing or was changed.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It has no tables of these modules.
    #[error("it is not a database of Vestibule's")]
    Foreign,
    /// It has steps that this program does not know.
    #[error("it was migrated by a newer version ({module} {step}): use that version")]
    Newer {
        /// The module.
        module: &'static str,
        /// The unknown step.
        step: String,
    },
}

impl Database {
    /// Copies the database into a new file, as it is at one moment, while others read and write it. The file is there once it is
    /// whole and on the disk. Only its owner may read it: it has what the database has.
    ///
    /// # Errors
    ///
    /// [`BackupError`].
    pub async fn back_up(&self, to: &Path) -> Result<(), BackupError> {
        let Driver::Sqlite(sqlite) = self.driver() else {
            return Err(BackupError::Postgres);
        };
        // A link that leads nowhere counts as a file.
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        let failed = |source| BackupError::Write { path: to.to_owned(), source };
        let unfinished = unfinished(to);
        // Left behind by one that was stopped.
        drop(std::fs::remove_file(&unfinished));
        create_private(&unfinished).map_err(failed)?;
        let copied = match sqlite.copy_to(&unfinished) {
            Ok(()) => put_in_place(&unfinished, to).map_err(failed),
            Err(error) => Err(error.into()),
        };
        if copied.is_err() {
            drop(std::fs::remove_file(&unfinished));
        }
        copied
    }
}

/// Checks that a file is a whole SQLite database with the tables of these modules, none of them newer than this program. Changes
/// nothing, and reads all of it.
///
/// # Errors
///
/// [`UnusableBackupError`].
pub fn check_backup(file: &Path, modules: &[Migrations]) -> Result<(), UnusableBackupError> {
    let steps = crate::sqlite::steps_in_file(file, modules)?;
    if steps.iter().all(|(_, steps)| steps.is_empty()) {
        return Err(UnusableBackupError::Foreign);
    }
    for (module, steps) in steps {
        let is_unknown = |name: &&String| module.steps.iter().all(|step| step.name != **name);
        if let Some(step) = steps.iter().find(is_unknown) {
            return Err(UnusableBackupError::Newer { module: module.module, step: step.clone() });
        }
    }
    Ok(())
}

/// Copies a checked backup to where a database is to be; there must be none. It is there once it is whole and on the disk.
///
/// # Errors
///
/// [`BackupError`].
pub fn restore_backup(file: &Path, to: &Path) -> Result<(), BackupError> {
    // The log of an earlier database would be taken for that of this one.
    for taken in [to.to_owned(), beside(to, "-wal"), beside(to, "-journal")] {
        if taken.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(taken));
        }
    }
    let failed = |source| BackupError::Write { path: to.to_owned(), source };
    let unfinished = unfinished(to);
    drop(std::fs::remove_file(&unfinished));
    let copied = copy(file, &unfinished).and_then(|()| put_in_place(&unfinished, to));
    if copied.is_err() {
        drop(std::fs::remove_file(&unfinished));
    }
    copied.map_err(failed)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    create_private(to)?;
    // Not `fs::copy`, which also copies who may read the file.
    let (mut from, mut to) = (std::fs::File::open(from)?, std::fs::File::options().write(true).open(to)?);
    std::io::copy(&mut from, &mut to).map(drop)
}

/// Puts a finished file in its place, unless something is there by now, and has both on the disk.
fn put_in_place(unfinished: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::File::open(unfinished)?.sync_all()?;
    // A rename would replace what another process has put there.
    std::fs::hard_link(unfinished, to)?;
    std::fs::remove_file(unfinished)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

/// Creates an empty file that only its owner may read.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn unfinished(path: &Path) -> PathBuf {
    beside(path, ".unfinished")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
