//! The service's own name, logo and colour, and how it is set up, for the pages.

use vestibule::dashboard::{Brand, Installation, Logo};

use super::Failure;
use super::setup::Setup;
use vestibule_cli::configuration::Configuration;

impl Setup {
    /// Reads the brand, with the file of the logo.
    pub(super) fn brand(&self) -> Result<Brand, Failure> {
        let settings = &self.configuration.brand;
        let logo = match &settings.logo {
            None => None,
            Some(path) => {
                let wrong = |problem: String| Failure::wrong(format!("brand.logo: {}: {problem}", path.display()));
                let content = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
                Some(Logo::new(content).map_err(|error| wrong(error.to_string()))?)
            }
        };
        Ok(Brand {
            name: settings.name.clone().unwrap_or_else(|| Brand::default().name),
            logo,
            accent: settings.accent,
            support: settings.support.clone(),
            terms: settings.terms.clone(),
            privacy: settings.privacy.clone(),
        })
    }

    /// Returns what the page of settings shows.
    pub(super) fn installation(&self) -> Installation {
        let Configuration { mail, smtp, invites, .. } = &self.configuration;
        Installation {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mail_server: smtp.server.as_ref().map(|server| match server.port {
                Some(port) => format!("{}:{port}", server.host),
                None => server.host.clone(),
            }),
            mail_folder: mail.directory.display().to_string(),
            mail_sender: mail.sender.to_string(),
            invite_lifetime: invites.lifetime,
        }
    }
}
