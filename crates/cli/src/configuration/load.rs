//! The checked values that the rest of the program uses.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use vestibule::auth::{EMAILCODE, EMAILPASS};
use vestibule::core::Random;
use vestibule::mail::Hello;
use vestibule::passkeys::{PASSKEY, RelyingParty};

use super::error::ConfigurationError;
use super::kinds::{Hidden, PublicUrl};
use super::provenance::Provenance;
use super::secret::StrongSecret;
use super::secret_file;
use super::settings::{
    AuditSettings, AuthSettings, BrandSettings, CompatSettings, DatabaseSettings, EventSettings, GitHubSettings,
    GoogleSettings, HashingSettings, InviteSettings, LimitSettings, LogSettings, MailSettings, MethodSettings,
    OidcSettings, RoleSettings, ScimSettings, ServerSettings, SignUpSettings, SmtpSettings, WebhookSettings,
};
use super::sources::Sources;
use super::values::Values;
use super::variables;

/// The file of the generated secret of the default database, relative to the working directory.
pub(super) const SECRET_FILE: &str = "data/jwt_secret";

/// All settings, checked.
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
    /// `auth.methods.…`
    pub methods: MethodSettings,
    /// `auth.sign_up.…`
    pub sign_up: SignUpSettings,
    /// `[[auth.oidc]]`
    pub oidc: Vec<OidcSettings>,
    /// `[[auth.google]]`
    pub google: Vec<GoogleSettings>,
    /// `[[auth.github]]`
    pub github: Vec<GitHubSettings>,
    /// `limits.…`
    pub limits: LimitSettings,
    /// `invites.…`
    pub invites: InviteSettings,
    /// `rbac.…`
    pub rbac: RoleSettings,
    /// `scim.…`
    pub scim: ScimSettings,
    /// `brand.…`
    pub brand: BrandSettings,
    /// `mail.…`
    pub mail: MailSettings,
    /// `mail.smtp.…`
    pub smtp: SmtpSettings,
    /// `webhooks.…`
    pub webhooks: WebhookSettings,
    /// `events.…`
    pub events: EventSettings,
    /// `audit.…`
    pub audit: AuditSettings,
    /// `compat.…`
    pub compat: CompatSettings,
    /// `log.…`
    pub log: LogSettings,
    /// The file of the generated secret; `None` with a configured database.
    secret_file: Option<PathBuf>,
}

impl Configuration {
    /// Reads and checks all sources: flag over variable over file over default. Writes nothing.
    ///
    /// [`Configuration::jwt_secret`] refuses a missing secret, not this, so that commands which sign nothing
    /// (`migrate`, `config show`) work without one.
    ///
    /// # Errors
    ///
    /// The first error: a file that cannot be read, an unknown key, an invalid value, a weak secret.
    pub fn load(sources: &Sources) -> Result<(Self, Provenance), ConfigurationError> {
        let values = Values::collect(sources)?;
        let configuration = Self {
            server: ServerSettings::read(&values)?,
            database: DatabaseSettings::read(&values)?,
            auth: AuthSettings::read(&values)?,
            hashing: HashingSettings::read(&values)?,
            methods: MethodSettings::read(&values)?,
            sign_up: SignUpSettings::read(&values)?,
            oidc: OidcSettings::read_all(&values)?,
            google: GoogleSettings::read_all(&values)?,
            github: GitHubSettings::read_all(&values)?,
            limits: LimitSettings::read(&values)?,
            invites: InviteSettings::read(&values)?,
            rbac: RoleSettings::read(&values)?,
            scim: ScimSettings::read(&values)?,
            brand: BrandSettings::read(&values)?,
            mail: MailSettings::read(&values)?,
            smtp: SmtpSettings::read(&values)?,
            webhooks: WebhookSettings::read(&values)?,
            events: EventSettings::read(&values)?,
            audit: AuditSettings::read(&values)?,
            compat: CompatSettings::read(&values)?,
            log: LogSettings::read(&values)?,
            secret_file: values.is_default("database.url").then(|| sources.directory.join(SECRET_FILE)),
        };
        let provenance = Provenance::new(&values, &configuration, variables::unknown(sources, values.entries()));
        Ok((configuration, provenance))
    }

    /// Returns the service's name in mails.
    pub fn app_name(&self) -> &str {
        self.mail.app_name.as_deref().or(self.brand.name.as_deref()).unwrap_or("Vestibule")
    }

    /// Returns the name under which authenticator apps list the service.
    pub fn mfa_issuer(&self) -> &str {
        self.auth.mfa_issuer.as_deref().or(self.brand.name.as_deref()).unwrap_or("Medusa")
    }

    /// Returns the secret that signs tokens.
    ///
    /// With the default database and no configured secret, this is the one in `data/jwt_secret`, which is generated
    /// from `random` if it is missing. Processes that start at the same time agree on one.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError::MissingSecret`] with a configured database and no secret; else the problem of the file.
    pub fn jwt_secret(&self, random: &dyn Random) -> Result<StrongSecret, ConfigurationError> {
        match (&self.auth.jwt_secret, &self.secret_file) {
            (Some(secret), _) => Ok(secret.clone()),
            (None, Some(path)) => secret_file::read_or_make(path, random),
            (None, None) => Err(ConfigurationError::MissingSecret),
        }
    }

    /// Returns the file that has the secret, where none is configured and the program keeps one itself.
    pub fn secret_file(&self) -> Option<&Path> {
        self.secret_file.as_deref().filter(|_| self.auth.jwt_secret.is_none())
    }

    /// Checks, for `config check`, whether [`Configuration::jwt_secret`] would return a secret. Generates none.
    ///
    /// # Errors
    ///
    /// Like [`Configuration::jwt_secret`], except that a file which does not exist yet is no error.
    pub fn check_secret(&self) -> Result<(), ConfigurationError> {
        match (&self.auth.jwt_secret, &self.secret_file) {
            (Some(_), _) => Ok(()),
            (None, Some(path)) => secret_file::read(path).map(drop),
            (None, None) => Err(ConfigurationError::MissingSecret),
        }
    }

    /// Returns the ids of all sign-in methods: that of passwords first.
    pub fn provider_ids(&self) -> impl Iterator<Item = &str> {
        let oidc = self.oidc.iter().map(|settings| &settings.id);
        let google = self.google.iter().map(|settings| &settings.id);
        let github = self.github.iter().map(|settings| &settings.id);
        let passkeys = self.has_passkeys().then_some(PASSKEY);
        let emailcode = self.auth.emailcode.then_some(EMAILCODE);
        let own = std::iter::once(EMAILPASS).chain(passkeys).chain(emailcode);
        own.chain(oidc.chain(google).chain(github).map(String::as_str))
    }

    /// Returns whether users can have passkeys: as configured, else whether browsers have any at the public URL.
    pub fn has_passkeys(&self) -> bool {
        let public_url = || self.server.public_url(self.server.listen).to_string();
        self.auth.passkeys.unwrap_or_else(|| RelyingParty::new(&public_url(), "").is_ok())
    }

    /// Returns the name for `EHLO`: as configured, else the public URL's host or the sender's domain.
    pub fn hello(&self) -> Hello {
        let public_url = self.server.public_url(self.server.listen);
        let hosts = [public_url.host(), self.mail.sender.domain()];
        self.smtp.hello.clone().unwrap_or_else(|| Hello::first_of(hosts))
    }

    /// Describes the secret for `config show`.
    pub(super) fn describe_secret(&self) -> String {
        match (&self.auth.jwt_secret, &self.secret_file) {
            (Some(_), _) => "set".to_owned(),
            (None, Some(path)) => format!("kept in {}", path.display()),
            (None, None) => "missing".to_owned(),
        }
    }
}

impl ServerSettings {
    /// Returns the URL at which users reach this server: as configured, else `http://localhost` with the port of
    /// `bound`, the actual listening address (which differs from [`ServerSettings::listen`] for port 0).
    pub fn public_url(&self, bound: SocketAddr) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::localhost(bound.port()))
    }

    /// Returns whether the path of the public URL begins like that of the pages: then a request does not show whether a
    /// proxy has removed the one or left it.
    pub fn has_ambiguous_paths(&self) -> bool {
        let first = |path: &str| path.split('/').nth(1).map(str::to_owned);
        let path = self.public_url.as_ref().and_then(|url| first(url.path()));
        path.is_some() && path == first(&self.dashboard_path)
    }
}

impl AuthSettings {
    /// Returns the secret that encrypts second factors, unless it is derived from the one that signs tokens.
    pub fn mfa_encryption_key(&self) -> Option<&StrongSecret> {
        self.mfa_encryption_key.as_ref()
    }
}

impl SmtpSettings {
    /// Returns the password of the login.
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

impl GoogleSettings {
    /// The secret that Google has given to this service.
    pub fn client_secret(&self) -> &str {
        self.client_secret.reveal()
    }
}

impl GitHubSettings {
    /// The secret that GitHub has given to this service.
    pub fn client_secret(&self) -> &str {
        self.client_secret.reveal()
    }
}

impl HashingSettings {
    /// Returns how many threads hash passwords: as configured, else one per processor.
    pub fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.unwrap_or_else(processors)
    }
}
