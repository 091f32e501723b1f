//! The relay of `serve` and `worker`, which delivers mails and webhooks.

use vestibule::Vestibule;
use vestibule::mail::{Facts, Kind, Mailer, SmtpConfig, Templates};
use vestibule::notify::{MailDestination, MailOptions, Relay, RelayOptions, WebhookDestination, Webhooks};
use vestibule::webhook::{AddressGuard, Client, ClientConfig};

use super::Failure;
use super::setup::Setup;

/// The most connections to the mail server per process.
const SMTP_CONNECTIONS: u32 = 8;

/// How mails and webhooks are sent.
pub(super) struct Transports {
    templates: Templates,
    mailer: Mailer,
    client: Client,
}

impl Setup {
    /// Returns the webhooks, with the addresses that they may have.
    pub(super) fn webhooks(&self, vestibule: &Vestibule) -> Webhooks {
        Webhooks::new(vestibule.flows().clone(), self.guard())
    }

    /// Creates the transports, before anything is opened, so that mistakes in their settings are reported first.
    pub(super) fn transports(&self) -> Result<Transports, Failure> {
        let webhooks = &self.configuration.webhooks;
        let client = Client::new(&ClientConfig {
            guard: self.guard(),
            timeout: webhooks.timeout,
            ca_file: webhooks.ca_file.clone(),
            ..ClientConfig::default()
        });
        let client = client.map_err(|error| Failure::wrong(error.to_string()))?;
        Ok(Transports { templates: self.templates()?, mailer: self.mailer()?, client })
    }

    /// Returns the relay that delivers mails and webhooks.
    pub(super) fn relay(&self, transports: Transports, vestibule: &Vestibule, public_url: &str) -> Relay {
        let events = &self.configuration.events;
        let options = RelayOptions {
            max_attempts: events.max_attempts,
            lease: events.lease,
            keep: events.keep,
            ..RelayOptions::default()
        };
        let Transports { templates, mailer, client } = transports;
        vestibule
            .relay(options)
            .with_destination(self.mails(vestibule, public_url, templates, mailer))
            .with_destination(WebhookDestination::new(self.webhooks(vestibule), client))
    }

    /// Returns how mails are sent.
    pub(super) fn mails(
        &self,
        vestibule: &Vestibule,
        public_url: &str,
        templates: Templates,
        mailer: Mailer,
    ) -> MailDestination {
        let mail = &self.configuration.mail;
        let options = MailOptions {
            public_url: public_url.to_owned(),
            dashboard_path: self.configuration.server.dashboard_path.clone(),
            app: self.configuration.app_name().to_owned(),
            language: mail.language.clone(),
            per_address: mail.per_address,
        };
        MailDestination::new(vestibule.flows().clone(), mailer, templates, options)
    }

    /// Returns the templates of the mails.
    pub(super) fn templates(&self) -> Result<Templates, Failure> {
        let mail = &self.configuration.mail;
        let templates = Templates::load(mail.templates.as_deref())
            .map_err(|error| Failure::wrong(format!("mail.templates: {error}")))?;
        // Otherwise only the first mail would reveal an unknown language.
        if templates.find_language(&mail.language).is_none() {
            let known: Vec<&str> = templates.languages().collect();
            return Err(Failure::wrong(format!(
                "mail.language: there are no mails in this language. Available: {}",
                known.join(", ")
            )));
        }
        Ok(templates)
    }

    /// Returns the mailer: for the server, or without one for the folder.
    pub(super) fn mailer(&self) -> Result<Mailer, Failure> {
        let (mail, smtp) = (&self.configuration.mail, &self.configuration.smtp);
        // Checked even without a server: half a login is a mistake.
        match (&smtp.username, smtp.password()) {
            (Some(_), None) => return Err(Failure::wrong("mail.smtp.username: a login needs mail.smtp.password too")),
            (None, Some(_)) => return Err(Failure::wrong("mail.smtp.password: a login needs mail.smtp.username too")),
            _ => {}
        }
        let Some(server) = &smtp.server else {
            return Ok(Mailer::folder(mail.directory.clone(), mail.sender.clone()));
        };
        let config = SmtpConfig {
            host: server.host.clone(),
            port: server.port,
            hello: self.configuration.hello(),
            encryption: smtp.encryption,
            username: smtp.username.clone(),
            password: smtp.password().map(str::to_owned),
            ca_file: smtp.ca_file.clone(),
            timeout: smtp.timeout,
            connections: SMTP_CONNECTIONS,
        };
        Mailer::smtp(&config, mail.sender.clone()).map_err(|error| Failure::wrong(format!("mail.smtp: {error}")))
    }

    /// Logs where mails are written if there is no server.
    pub(super) fn log_mail_folder(&self) {
        if self.configuration.smtp.server.is_none() {
            let folder = self.configuration.mail.directory.display();
            tracing::info!("mails are written to {folder}: set mail.smtp.server to send them");
        }
    }

    fn guard(&self) -> AddressGuard {
        AddressGuard { allowed: self.configuration.webhooks.allowed_networks.clone() }
    }

    /// Returns sample facts for the mail that `mail test` sends.
    pub(super) fn test_facts(&self, address: &str) -> Facts {
        let server = &self.configuration.server;
        Facts {
            app: self.configuration.app_name().to_owned(),
            public_url: server.public_url(server.listen).to_string(),
            address: address.to_owned(),
            ..Facts::sample(Kind::Test)
        }
    }
}
