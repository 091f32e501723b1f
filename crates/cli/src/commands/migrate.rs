//! `vestibule migrate`

use clap::Args;
use serde_json::json;
use vestibule::Vestibule;
use vestibule::database::MigrationStatus;
use vestibule::notify::ALL_MIGRATIONS;

use super::exit::of;
use super::setup::{Setup, Tables};
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Show which steps are applied, without changing anything.
    #[arg(long)]
    status: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        if self.status {
            return self.show(status(setup, self.json).await?);
        }
        // A large database takes minutes: the log says what is being done, and how far it is.
        setup.start_logs();
        let vestibule = Vestibule::assemble(setup.options(&[])?).await?;
        let database = vestibule.flows().database();
        let done = setup.set_up(&vestibule, Tables::May).await?;
        vestibule.build_indexes().await.map_err(|error| of(&error))?;
        if self.json {
            return self.show(database.migration_status(&ALL_MIGRATIONS).await?);
        }
        match done {
            0 => output::line("The database is up to date."),
            1 => output::line("1 step was done. The database is up to date."),
            count => output::line(&format!("{count} steps were done. The database is up to date.")),
        }
    }

    fn show(&self, steps: Vec<MigrationStatus>) -> Result<(), Failure> {
        if self.json {
            let step =
                |step: &MigrationStatus| json!({ "module": step.module, "step": step.name, "applied": step.applied });
            return output::json(&steps.iter().map(step).collect::<Vec<_>>());
        }
        let rows = steps.into_iter().map(|step| {
            vec![step.module.to_owned(), step.name, if step.applied { "done" } else { "to do" }.to_owned()]
        });
        output::table(&["module", "step", "state"], rows.collect(), "")
    }
}

async fn status(setup: &Setup, as_json: bool) -> Result<Vec<MigrationStatus>, Failure> {
    let Some(missing) = setup.missing_file() else {
        let vestibule = Vestibule::assemble(setup.options(&[])?).await?;
        return Ok(vestibule.flows().database().migration_status(&ALL_MIGRATIONS).await?);
    };
    // Opening the database would create it.
    if !as_json {
        output::note(&format!("vestibule: there is no database {}, and none was created", missing.display()));
    }
    let steps = ALL_MIGRATIONS.iter().flat_map(|module| module.steps.iter().map(|step| (module.module, step.name)));
    Ok(steps.map(|(module, name)| MigrationStatus { module, name: name.to_owned(), applied: false }).collect())
}
