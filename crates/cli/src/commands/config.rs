//! `vestibule config`

use clap::Subcommand;

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
    pub(super) fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self {
            Self::Show { json: true } => output::json(&setup.provenance),
            Self::Show { json: false } => output::line(setup.provenance.to_text().trim_end()),
            Self::Check => {
                setup.configuration.check_secret()?;
                drop(setup.options(&[])?);
                drop(setup.transports()?);
                output::line("The configuration is valid.")
            }
            Self::Reference => output::line(vestibule_cli::configuration::markdown().trim_end()),
        }
    }
}
