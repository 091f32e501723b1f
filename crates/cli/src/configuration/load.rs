//! The values that the rest of the program uses.

use std::net::SocketAddr;
use std::path::PathBuf;

use vestibule::core::Random;
use vestibule::mail::Hello;

use super::error::ConfigurationError;
use super::kinds::{Hidden, PublicUrl};
use super::provenance::Provenance;
use super::secret::StrongSecret;
use super::secret_file;
use super::settings::{
    AuthSettings, CompatSettings, DatabaseSettings, EventSettings, HashingSettings, InviteSettings, LimitSettings,
    LogSettings, MailSettings, OidcSettings, RoleSettings, ServerSettings, SmtpSettings, WebhookSettings,
};
use super::sources::Sources;
use super::values::Values;
use super::variables;

/// Where the secret is kept that goes with the default database, under the working directory.
pub(super) const SECRET_FILE: &str = "data/jwt_secret";

/// Everything the operator may set, checked.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// `server.…`
    pub server: ServerSettings,
    /// `database.…`
    pub database: DatabaseSettings,
    /// `auth.…`
    pub auth: AuthSettings,
    /// `auth.hashing.…`
    pub hashing: HashingSettings,
    /// `[[auth.oidc]]`
    pub oidc: Vec<OidcSettings>,
    /// `limits.…`
    pub limits: LimitSettings,
    /// `invites.…`
    pub invites: InviteSettings,
    /// `rbac.…`
    pub rbac: RoleSettings,
    /// `mail.…`
    pub mail: MailSettings,
    /// `mail.smtp.…`
    pub smtp: SmtpSettings,
    /// `webhooks.…`
    pub webhooks: WebhookSettings,
    /// `events.…`
    pub events: EventSettings,
    /// `compat.…`
    pub compat: CompatSettings,
    /// `log.…`
    pub log: LogSettings,
    /// Where the secret is made and kept; nowhere, when a database was configured.
    secret_file: Option<PathBuf>,
}

impl Configuration {
    /// Reads and checks all sources: flag over variable over file over default. Writes nothing.
    ///
    /// A missing secret is not refused here but by [`Configuration::jwt_secret`], so that commands which sign nothing
    /// (`migrate`, `config show`) work without one.
    ///
    /// # Errors
    ///
    /// The first mistake found: a file that cannot be read, an unknown key, a value out of its
    /// form or range, a weak secret.
    pub fn load(sources: &Sources) -> Result<(Self, Provenance), ConfigurationError> {
        let values = Values::collect(sources)?;
        let configuration = Self {
            server: ServerSettings::read(&values)?,
            database: DatabaseSettings::read(&values)?,
            auth: AuthSettings::read(&values)?,
            hashing: HashingSettings::read(&values)?,
            oidc: OidcSettings::read_all(&values)?,
            limits: LimitSettings::read(&values)?,
            invites: InviteSettings::read(&values)?,
            rbac: RoleSettings::read(&values)?,
            mail: MailSettings::read(&values)?,
            smtp: SmtpSettings::read(&values)?,
            webhooks: WebhookSettings::read(&values)?,
            events: EventSettings::read(&values)?,
            compat: CompatSettings::read(&values)?,
            log: LogSettings::read(&values)?,
            secret_file: values.is_default("database.url").then(|| sources.directory.join(SECRET_FILE)),
        };
        let provenance = Provenance::new(&values, &configuration, variables::unknown(sources, values.entries()));
        Ok((configuration, provenance))
    }

    /// The secret that signs tokens.
    ///
    /// With the default database and no configured secret, the one in `data/jwt_secret`, which is made from `random`
    /// where it is missing. Processes that start at once agree on one.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError::MissingSecret`] with a configured database and no secret; else what is wrong with the
    /// file.
    pub fn jwt_secret(&self, random: &dyn Random) -> Result<StrongSecret, ConfigurationError> {
        match (&self.auth.jwt_secret, &self.secret_file) {
            (Some(secret), _) => Ok(secret.clone()),
            (None, Some(path)) => secret_file::read_or_make(path, random),
            (None, None) => Err(ConfigurationError::MissingSecret),
        }
    }

    /// For `config check`: whether [`Configuration::jwt_secret`] would find a secret that serves. Makes none.
    ///
    /// # Errors
    ///
    /// As [`Configuration::jwt_secret`], except that a file which has yet to be made is no error.
    pub fn check_secret(&self) -> Result<(), ConfigurationError> {
        match (&self.auth.jwt_secret, &self.secret_file) {
            (Some(_), _) => Ok(()),
            (None, Some(path)) => secret_file::read(path).map(drop),
            (None, None) => Err(ConfigurationError::MissingSecret),
        }
    }

    /// How a mail server is greeted: as configured, else by the public URL's host or the sender's domain.
    pub fn hello(&self) -> Hello {
        let public_url = self.server.public_url(self.server.listen);
        let hosts = [public_url.host(), self.mail.sender.domain()];
        self.smtp.hello.clone().unwrap_or_else(|| Hello::first_of(hosts))
    }

    /// What `config show` says of the secret.
    pub(super) fn describe_secret(&self) -> String {
        match (&self.auth.jwt_secret, &self.secret_file) {
            (Some(_), _) => "set".to_owned(),
            (None, Some(path)) => format!("kept in {}", path.display()),
            (None, None) => "missing".to_owned(),
        }
    }
}

impl ServerSettings {
    /// Where people reach this server: as configured, else `http://localhost` and the port of `bound`, the address it
    /// really listens on (with port 0 in [`ServerSettings::listen`] the two differ).
    pub fn public_url(&self, bound: SocketAddr) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::localhost(bound.port()))
    }
}

impl AuthSettings {
    /// The secret that encrypts second factors, where it is not to be derived from the one that signs tokens.
    pub fn mfa_encryption_key(&self) -> Option<&StrongSecret> {
        self.mfa_encryption_key.as_ref()
    }
}

impl SmtpSettings {
    /// The password of the login.
    pub fn password(&self) -> Option<&str> {
        self.password.as_ref().map(Hidden::reveal)
    }
}

impl OidcSettings {
    /// What pages call the provider: as configured, else its id.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// The secret that the provider has given to this service.
    pub fn client_secret(&self) -> &str {
        self.client_secret.reveal()
    }
}

impl HashingSettings {
    /// How many threads hash passwords: as configured, else one for each processor.
    pub fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.unwrap_or_else(processors)
    }
}
