//! `vestibule mail`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use vestibule::core::EmailAddress;
use vestibule::mail::{Kind, Mail, preview};

use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// Write every mail in every language into a folder: as text, as HTML and as sent.
    Preview(Preview),
    /// Send a test mail through the configured server.
    Test(Test),
}

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// The folder. It is created if it does not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// The recipient.
    #[arg(long, value_name = "EMAIL")]
    to: EmailAddress,
}

impl MailCommand {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self {
            Self::Preview(Preview { out }) => {
                let templates = setup.templates()?;
                let files = preview(&templates, &out).map_err(|error| Failure::failed(error.to_string()))?;
                let index = files.first().map_or(out, Clone::clone);
                output::line(&format!("{} files were written: open {}", files.len(), index.display()))
            }
            Self::Test(Test { to }) => test(setup, &to).await,
        }
    }
}

async fn test(setup: &Setup, to: &EmailAddress) -> Result<(), Failure> {
    let (templates, mailer) = (setup.templates()?, setup.mailer()?);
    let language = &setup.configuration.mail.language;
    let environment = vestibule::core::Environment::system();
    let mut facts = setup.test_facts(to.as_str());
    facts.happened_at = environment.now();
    let rendered = templates.render(Kind::Test, language, &facts).map_err(|error| Failure::wrong(error.to_string()))?;
    let id: vestibule::notify::DeliveryId = environment.id();
    let id = id.to_string();
    let mail = Mail { id: &id, to, rendered: &rendered, at: facts.happened_at, language };
    mailer.send(&mail).await.map_err(|error| Failure::failed(format!("the mail was not sent: {error}")))?;
    match mailer.is_folder() {
        Some(folder) => output::line(&format!(
            "The mail was written to {}: set mail.smtp.server to send mails.",
            folder.join(format!("{id}.eml")).display()
        )),
        None => output::line(&format!("The mail server accepted the mail to {to}.")),
    }
}
