//! `vestibule import`

mod arguments;
mod progress;
mod show;

use std::fs::File;
use std::io::BufWriter;

use clap::{Args, Subcommand};
use vestibule::flows::Flows;
use vestibule::transfer::{ImportError, ImportId, ImportOptions, Importer, Report, UndoError};

use self::arguments::Arguments;
use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Import {
    #[command(subcommand)]
    command: Option<ImportCommand>,
    #[command(flatten)]
    arguments: Arguments,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// List imports, the newest first.
    List(List),
    /// Undo an import, as long as none of its users has signed in since.
    Undo(Undo),
}

#[derive(Debug, Args)]
struct List {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Undo {
    /// The id of the import: import_…
    import: ImportId,
}

impl Import {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self.command {
            Some(ImportCommand::List(list)) => {
                let runs =
                    importer(setup.open_existing_without_secret().await?.flows()).list().await.map_err(not_undone)?;
                show::runs(&runs, list.json)
            }
            Some(ImportCommand::Undo(undo)) => {
                let vestibule = setup.open_existing_without_secret().await?;
                let deleted = importer(vestibule.flows()).undo(undo.import).await.map_err(not_undone)?;
                output::line(&format!("Undone: {deleted} users, invites, sign-in methods and keys were deleted."))
            }
            None => self.arguments.run(setup).await,
        }
    }
}

fn importer(flows: &Flows) -> Importer {
    Importer::new(flows.clone(), ImportOptions::default())
}

impl Arguments {
    async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let source = self.source()?;
        let vestibule = setup.open().await?;
        let options = self.options()?;
        let is_dry = options.dry_run;
        let mut report = match &self.report {
            Some(path) => {
                let refused = |error| Failure::wrong(format!("--report {}: {error}", path.display()));
                Report::to(BufWriter::new(File::create(path).map_err(refused)?)).map_err(refused)?
            }
            None => Report::none(),
        };
        let link = setup.invite_link("");
        report.set_invite_link(&link);
        let mut progress = progress::Shown::new();
        let done = Importer::new(vestibule.flows().clone(), options).run(&source, &mut report, &mut progress).await;
        progress.end();
        show::summary(&done.map_err(failed)?, is_dry, self.report.is_some(), self.json)
    }
}

fn failed(error: ImportError) -> Failure {
    match error.is_usage() {
        true => Failure::wrong(error.to_string()),
        false => Failure::failed(error.to_string()),
    }
}

fn not_undone(error: UndoError) -> Failure {
    Failure::failed(error.to_string())
}
