//! `vestibule export`

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vestibule::transfer::{ExportError, ExportFormat, export};

use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Export {
    /// `jsonl`, a JSON object a line, which `import --from vestibule` reads; or `csv`, a table for spreadsheets.
    #[arg(long, value_enum)]
    format: Format,
    /// Also write hashes of passwords, recovery codes and API keys, and second factors as they are encrypted here: with this server's
    /// secret, users sign in elsewhere as before. Keep the file as secret as the database.
    #[arg(long)]
    with_hashes: bool,
    /// The file to write; standard output without it. There must be none of this name.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
}

impl Export {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = setup.open_existing_without_secret().await?;
        let format = match self.format {
            Format::Jsonl => ExportFormat::Jsonl,
            Format::Csv => ExportFormat::Csv,
        };
        let mut out: Box<dyn Write + Send> = match &self.out {
            Some(path) => {
                // Readable by its owner alone.
                let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
                let refused = |error| Failure::wrong(format!("--out {}: {error}", path.display()));
                Box::new(BufWriter::new(file.map_err(refused)?))
            }
            None => Box::new(BufWriter::new(std::io::stdout())),
        };
        match export(vestibule.flows(), format, self.with_hashes, &mut out).await {
            Ok(rows) => {
                output::note(&format!("{rows} rows were exported."));
                Ok(())
            }
            // A reader that has closed the pipe, such as `head`, is no failure.
            Err(ExportError::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::failed(error.to_string())),
        }
    }
}
