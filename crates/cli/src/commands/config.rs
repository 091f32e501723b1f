//! `vestibule config`

use clap::Subcommand;
use vestibule::database::{Config, Database, MigrationError};
use vestibule::notify::ALL_MIGRATIONS;

use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show every setting, its value, and its source. Secrets are hidden.
    Show {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check the configuration without changing anything.
    Check,
    /// Print the reference of all settings, in Markdown.
    #[command(hide = true)]
    Reference,
}

impl ConfigCommand {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self {
            Self::Show { json: true } => output::json(&setup.provenance),
            Self::Show { json: false } => output::line(setup.provenance.to_text().trim_end()),
            Self::Check => {
                let options = setup.check()?;
                drop(setup.transports()?);
                output::line("The configuration is valid.")?;
                // A SQLite file has its indexes from the migration on; opening a missing one would create it.
                if !setup.configuration.database.url.reveal().starts_with("sqlite://") {
                    report_missing_indexes(&options.database).await;
                }
                Ok(())
            }
            Self::Reference => output::line(vestibule_cli::configuration::markdown().trim_end()),
        }
    }
}

/// Notes which indexes the database lacks. A database that cannot be reached has no part in whether the configuration is valid.
async fn report_missing_indexes(config: &Config) {
    let missing = async {
        let database = Database::open(config).await?;
        let steps = database.migration_status(&ALL_MIGRATIONS).await?;
        // Until the tables are up to date, nothing is missing: `migrate` and `serve` build it.
        let is_up_to_date = steps.iter().all(|step| step.applied);
        Ok::<_, MigrationError>(if is_up_to_date {
            database.missing_indexes(&ALL_MIGRATIONS).await?
        } else {
            Vec::new()
        })
    };
    match missing.await {
        Ok(missing) if missing.is_empty() => {}
        Ok(missing) => output::note(&format!(
            "vestibule: the database lacks the indexes {}: lists and searches read every row. `vestibule migrate` builds them; if the \
             extension pg_trgm is missing, have a superuser run CREATE EXTENSION pg_trgm in this database before",
            missing.join(", ")
        )),
        Err(_) => {
            output::note("vestibule: the database cannot be asked now, so it was not checked for missing indexes")
        }
    }
}
