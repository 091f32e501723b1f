//! `vestibule backup` and `vestibule restore`

use std::path::{Path, PathBuf};

use clap::Args;
use vestibule::Vestibule;
use vestibule::database::{BackupError, UnusableBackupError, check_backup, restore_backup};
use vestibule::notify::ALL_MIGRATIONS;

use super::exit::of;
use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write. There must be none of this name.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `vestibule backup` has written.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only check the file, and change nothing.
    #[arg(long)]
    check: bool,
}

impl Backup {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        setup.check_that_it_exists()?;
        // Not set up: a backup comes before the steps of a newer version.
        let vestibule = Vestibule::assemble(setup.options(&[])?).await?;
        vestibule.flows().database().back_up(&self.out).await.map_err(refused)?;
        // What cannot be restored is no backup.
        check(&self.out)?;
        output::line(&format!(
            "{} is a copy of the database, {}, and was checked. Keep it as secret as the database; `vestibule restore` reads it.",
            self.out.display(),
            size(&self.out)
        ))?;
        if let Some(secret) = setup.configuration.secret_file() {
            output::note(&format!(
                "vestibule: keep {} as well, which is not in it: without this secret everyone signs in again, and second \
                 factors cannot be read",
                secret.display()
            ));
        }
        Ok(())
    }
}

impl Restore {
    pub(super) fn run(&self, setup: &Setup) -> Result<(), Failure> {
        check(&self.file)?;
        if self.check {
            return output::line(&format!("{} is whole, {}.", self.file.display(), size(&self.file)));
        }
        let Some(to) = setup.file() else {
            return Err(refused(BackupError::Postgres));
        };
        restore_backup(&self.file, to).map_err(|error| match error {
            BackupError::Exists(taken) => Failure::failed(format!(
                "{} is there, and nothing was changed: stop the server, move the database away (with its -wal and -shm), and \
                 run this again",
                taken.display()
            )),
            error => refused(error),
        })?;
        output::line(&format!(
            "The database {} is that of {}. Start the server: it migrates the tables where they are older.",
            to.display(),
            self.file.display()
        ))
    }
}

fn check(file: &Path) -> Result<(), Failure> {
    check_backup(file, &ALL_MIGRATIONS).map_err(|error| {
        let message = format!("{}: {error}", file.display());
        match error {
            UnusableBackupError::Newer { .. } => Failure::failed(message),
            _ => Failure::wrong(message),
        }
    })
}

fn refused(error: BackupError) -> Failure {
    match error {
        BackupError::Database(error) => of(&error),
        error @ BackupError::Write { .. } => Failure::failed(error.to_string()),
        error => Failure::wrong(error.to_string()),
    }
}

/// The size of a file, as people say it.
fn size(file: &Path) -> String {
    let bytes = file.metadata().map_or(0, |metadata| metadata.len());
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        bytes => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
