//! `vestibule migrate`

use clap::Args;
use vestibule::Vestibule;
use vestibule::flows::MIGRATIONS;

use super::setting_up::Setup;
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Show which steps the database has, and change nothing.
    #[arg(long)]
    status: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = Vestibule::assemble(setup.options(&[])?).await?;
        let database = vestibule.flows().database();
        let failed = |error: vestibule::database::MigrationError| Failure::failed(error.to_string());
        let before = database.migration_status(&MIGRATIONS).await.map_err(failed)?;
        if !self.status {
            database.migrate(&MIGRATIONS).await.map_err(failed)?;
        }
        let steps = database.migration_status(&MIGRATIONS).await.map_err(failed)?;
        if self.json {
            let steps: Vec<_> = steps
                .iter()
                .map(|step| serde_json::json!({ "module": step.module, "step": step.name, "applied": step.applied }))
                .collect();
            return output::json(&steps);
        }
        if self.status {
            let rows = steps.into_iter().map(|step| {
                vec![step.module.to_owned(), step.name, if step.applied { "done" } else { "to do" }.to_owned()]
            });
            return output::table(&["module", "step", "state"], rows.collect(), "");
        }
        match before.iter().filter(|step| !step.applied).count() {
            0 => output::line("The database is up to date."),
            1 => output::line("1 step was done. The database is up to date."),
            count => output::line(&format!("{count} steps were done. The database is up to date.")),
        }
    }
}
