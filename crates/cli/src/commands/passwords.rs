//! `vestibule passwords`

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use vestibule::auth::{ForbiddenListError, ForbiddenPasswords};

use super::{Failure, output};

#[derive(Debug, Subcommand)]
pub(super) enum PasswordsCommand {
    /// Make a filter of forbidden passwords, for the setting `auth.forbidden_passwords_file`, from a list: UTF-8, one
    /// password per line. Upper and lower case count as the same.
    BuildFilter(BuildFilter),
}

#[derive(Debug, Args)]
pub(super) struct BuildFilter {
    /// The list.
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The file to write. One that exists is replaced once the new one is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl PasswordsCommand {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Self::BuildFilter(BuildFilter { input, out }) = self;
        let list = File::open(&input).map_err(|error| unreadable(&input, &error))?;
        let filter = ForbiddenPasswords::build(BufReader::new(list)).map_err(|error| match error {
            ForbiddenListError::Read(error) => unreadable(&input, &error),
            error => Failure::failed(format!("{}: {error}", input.display())),
        })?;
        write(&filter, &out).map_err(|error| {
            Failure::failed(format!("{} cannot be written: {error}; choose another --out", out.display()))
        })?;
        let count = filter.count();
        output::line(&format!(
            "{count} passwords are in {out}. Set auth.forbidden_passwords_file to it, and restart the server.",
            out = out.display()
        ))
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("{} cannot be read: {error}", path.display()))
}

/// A server that starts in the meantime reads the old file or the new one, never half of it.
fn write(filter: &ForbiddenPasswords, out: &Path) -> io::Result<()> {
    let mut unfinished = out.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = File::create(&unfinished).and_then(|file| {
        let mut file = BufWriter::new(file);
        filter.write(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&unfinished, out)
    });
    if written.is_err() {
        drop(fs::remove_file(&unfinished));
    }
    written
}
