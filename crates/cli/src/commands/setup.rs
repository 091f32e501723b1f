//! The preparation of every command: the configuration, and the modules on the database.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use vestibule::auth::{
    AttemptLimit, AuthOptions, EMAILPASS, ForbiddenFileError, ForbiddenPasswords, PasswordConfig, PasswordPolicy,
    RequiredVerification,
};
use vestibule::core::random::SystemRandom;
use vestibule::core::{Environment, Random, SealingKey, SigningKey, link};
use vestibule::database::Database;
use vestibule::flows::SignUpRule;
use vestibule::notify::ALL_MIGRATIONS;
use vestibule::rbac::RoleId;
use vestibule::{Options, Vestibule};
use vestibule_cli::configuration::{Configuration, Flags, PasswordRule, Provenance, Sources};

use super::exit::of;
use super::{Failure, logs, output, providers};

/// The configuration with its sources.
pub(super) struct Setup {
    pub(super) configuration: Configuration,
    pub(super) provenance: Provenance,
    /// The database that a command has opened.
    opened: OnceLock<Database>,
    /// Set once the log has started.
    logs: OnceLock<()>,
}

/// Whether a command works without tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tables {
    /// The command creates missing tables.
    May,
    /// The command needs existing tables: it only reads.
    Must,
}

/// Returns a secret for commands that sign nothing.
fn unused_secret() -> [u8; 32] {
    let mut secret = [0; 32];
    SystemRandom.fill(&mut secret);
    secret
}

impl Setup {
    /// Reads flags, variables and the file.
    pub(super) fn load(flags: Flags) -> Result<Self, Failure> {
        let (configuration, provenance) = Configuration::load(&Sources::from_process(flags)?)?;
        for unknown in provenance.unknown_variables() {
            output::note(&format!("vestibule: {unknown}"));
        }
        for trimmed in provenance.trimmed_secrets() {
            output::note(&format!("vestibule: {trimmed}"));
        }
        Ok(Self { configuration, provenance, opened: OnceLock::new(), logs: OnceLock::new() })
    }

    /// Starts the log, for long-running commands.
    pub(super) fn start_logs(&self) {
        logs::start(&self.configuration.log);
        self.logs.set(()).ok();
    }

    /// Reports something to the operator: in the log if it has started, else on standard error.
    fn report(&self, text: &str) {
        match self.logs.get() {
            Some(()) => tracing::info!("{text}"),
            None => output::note(&format!("vestibule: {text}")),
        }
    }

    /// Opens the modules, for a command that signs tokens.
    pub(super) async fn open(&self) -> Result<Vestibule, Failure> {
        let secret = self.configuration.jwt_secret(&SystemRandom)?;
        self.open_with(secret.reveal(), Tables::May).await
    }

    /// Opens the modules, for a command that needs an existing database.
    pub(super) async fn open_existing(&self) -> Result<Vestibule, Failure> {
        self.check_that_it_exists()?;
        let secret = self.configuration.jwt_secret(&SystemRandom)?;
        self.open_with(secret.reveal(), Tables::Must).await
    }

    /// Opens the modules, for a command that needs an existing database and signs nothing.
    pub(super) async fn open_existing_without_secret(&self) -> Result<Vestibule, Failure> {
        self.check_that_it_exists()?;
        self.open_with(&unused_secret(), Tables::Must).await
    }

    /// Opens the modules, for a command that signs nothing and so needs no secret: tokens that it signed would be
    /// invalid.
    pub(super) async fn open_without_secret(&self) -> Result<Vestibule, Failure> {
        self.open_with(&unused_secret(), Tables::May).await
    }

    async fn open_with(&self, secret: &[u8], tables: Tables) -> Result<Vestibule, Failure> {
        let vestibule = Vestibule::assemble(self.options(secret)?).await?;
        let vestibule = providers::add(vestibule, &self.configuration)?.with_sign_up(self.sign_up_rule()?);
        let vestibule = vestibule.with_directory_sign_in(self.configuration.scim.sign_in);
        self.set_up(&vestibule, tables).await?;
        self.opened.set(vestibule.flows().database().clone()).ok();
        Ok(vestibule)
    }

    /// Migrates the tables, and reports if there were none. Returns the number of steps that this process did.
    pub(super) async fn set_up(&self, vestibule: &Vestibule, tables: Tables) -> Result<usize, Failure> {
        let database = vestibule.flows().database();
        if let Some(file) = database.created_file() {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            self.report(&format!("created a new database at {}", file.display()));
        }
        let steps = database.migration_status(&ALL_MIGRATIONS).await?;
        if steps.iter().all(|step| !step.applied) {
            if tables == Tables::Must {
                return Err(Failure::failed(
                    "the database has no tables of Vestibule yet, and this command creates none: start the server, or \
                     run `vestibule migrate`; see `vestibule config show` for where the database is",
                ));
            }
            let others = database.other_tables(&ALL_MIGRATIONS).await.map_err(|error| of(&error))?;
            if !others.is_empty() {
                let (count, some) = (others.len(), others.iter().take(5).cloned().collect::<Vec<_>>().join(", "));
                self.report(&format!(
                    "the database has {count} tables of another program ({some}{}): Vestibule's tables are created \
                     beside them",
                    if count > 5 { ", …" } else { "" }
                ));
            }
        }
        Ok(vestibule.set_up().await?)
    }

    /// Notifies the delivering processes of what a command has done, before it ends. If that fails, they find it a
    /// little later.
    pub(super) async fn pass_on_announcements(&self) {
        if let Some(database) = self.opened.get() {
            database.pass_on_announcements().await.ok();
        }
    }

    /// Returns SQLite's file, whether it exists or not.
    pub(super) fn file(&self) -> Option<&Path> {
        let path = self.configuration.database.url.reveal().strip_prefix("sqlite://")?;
        Some(Path::new(path.split_once('?').map_or(path, |(path, _)| path)))
    }

    /// Returns SQLite's file, if it does not exist. Opening the database would create it.
    pub(super) fn missing_file(&self) -> Option<&Path> {
        self.file().filter(|path| !path.exists())
    }

    /// In a wrong directory, the message is that there is no database, not that there are no users.
    pub(super) fn check_that_it_exists(&self) -> Result<(), Failure> {
        match self.missing_file() {
            Some(path) => Err(Failure::failed(format!(
                "there is no database {}: go to the server's directory, or name the database with --database-url",
                path.display()
            ))),
            None => Ok(()),
        }
    }

    /// Finds the mistakes of the configuration that show without a database.
    pub(super) fn check(&self) -> Result<Options, Failure> {
        self.configuration.check_secret()?;
        if self.configuration.server.has_ambiguous_paths() {
            return Err(Failure::wrong(
                "server.public_url: its path begins like server.dashboard_path. Change one of the two".to_owned(),
            ));
        }
        self.options(&[])
    }

    pub(super) fn options(&self, secret: &[u8]) -> Result<Options, Failure> {
        let Configuration { database, auth, hashing, invites, rbac, .. } = &self.configuration;
        let mut options = Options::new(database.url.reveal(), secret)
            .map_err(|error| Failure::wrong(format!("database.url: {error}")))?;
        if let Some(direct) = &database.direct_url {
            let refused = |error| Failure::wrong(format!("database.direct_url: {error}"));
            options.database.set_direct_url(direct.reveal()).map_err(refused)?;
        }
        options.database.max_connections = database.max_connections;
        options.database.acquire_timeout = database.acquire_timeout;
        options.database.statement_timeout = database.statement_timeout;
        options.database.connect_timeout = database.connect_timeout;
        options.auth.token_lifetime = auth.token_lifetime;
        options.auth.session_lifetime = auth.session_lifetime;
        options.auth.unclaimed_lifetime = auth.unclaimed_lifetime;
        self.configure_sign_in(&mut options.auth)?;
        options.users.invite_lifetime = invites.lifetime;
        let mut passwords = PasswordConfig::default();
        passwords.threads = hashing.threads();
        passwords.queue = hashing.queue;
        passwords.memory_kib = hashing.memory_kib;
        passwords.passes = hashing.passes;
        options.passwords = passwords;
        options.default_roles = roles("rbac.default_roles", &rbac.default_roles)?;
        let Configuration { webhooks, .. } = &self.configuration;
        options.http.guard.allowed.clone_from(&webhooks.allowed_networks);
        options.http.ca_file.clone_from(&webhooks.ca_file);
        options.environment = Environment::system();
        Ok(options)
    }

    fn sign_up_rule(&self) -> Result<SignUpRule, Failure> {
        let settings = &self.configuration.sign_up;
        let domains = settings.domains.iter().map(|domain| domain.to_lowercase()).collect();
        Ok(SignUpRule { domains, roles: roles("auth.sign_up.roles", &settings.roles)? })
    }

    /// Sets the limits and requirements of sign-in.
    fn configure_sign_in(&self, options: &mut AuthOptions) -> Result<(), Failure> {
        let Configuration { auth, limits, .. } = &self.configuration;
        let server = &self.configuration.server;
        options.public_url = Some(server.public_url(server.listen).to_string());
        options.providers_per_actor = providers::per_actor(&self.configuration);
        options.session_idle_lifetime = auth.session_idle_lifetime;
        options.fresh_proof_lifetime = auth.fresh_proof_lifetime;
        options.reset_lifetime = auth.reset_lifetime;
        options.stranger_mails = if limits.per_address == 0 { 0 } else { limits.stranger_mails };
        options.attempts = AttemptLimit { most: limits.per_account, window: limits.per_account_window };
        self.configuration.mfa_issuer().clone_into(&mut options.mfa_issuer);
        if let Some(secret) = auth.mfa_encryption_key() {
            options.sealing_key = SealingKey::derived(&SigningKey::new(secret.reveal()));
        }
        options.password_policy = self.password_policy()?;
        options.forbidden_passwords = self.forbidden_passwords()?;
        options.service_names = vec![self.configuration.app_name().to_owned()];
        for required in &auth.verification_required {
            let required_verifications =
                options.verifications_per_actor.entry(required.actor_type.clone()).or_default();
            let entity_type = required.entity_type.clone();
            required_verifications.push(RequiredVerification { entity_type, auth_provider: EMAILPASS.to_owned() });
        }
        Ok(())
    }

    /// Returns the policy of new passwords.
    pub(super) fn password_policy(&self) -> Result<PasswordPolicy, Failure> {
        let auth = &self.configuration.auth;
        let policy = PasswordPolicy::new(auth.password_min_length, auth.password_min_score)
            .map_err(|error| Failure::wrong(error.to_string()))?;
        Ok(match auth.password_policy {
            PasswordRule::Length => policy,
            PasswordRule::Nist => policy.nist(),
        })
    }

    /// Reads the file of forbidden passwords.
    fn forbidden_passwords(&self) -> Result<Option<Arc<ForbiddenPasswords>>, Failure> {
        let Some(path) = &self.configuration.auth.forbidden_passwords_file else { return Ok(None) };
        let read = File::open(path)
            .map_err(ForbiddenFileError::Read)
            .and_then(|file| ForbiddenPasswords::read(BufReader::new(file)));
        match read {
            Ok(forbidden) => Ok(Some(Arc::new(forbidden))),
            Err(error) => Err(Failure::wrong(format!("auth.forbidden_passwords_file: {}: {error}", path.display()))),
        }
    }

    /// Returns the link that accepts an invite.
    pub(super) fn invite_link(&self, token: &str) -> String {
        let server = &self.configuration.server;
        let page = format!("{}/invite", server.dashboard_path);
        link(&server.public_url(server.listen).to_string(), &page, "token", token)
    }
}

fn roles(key: &str, ids: &[String]) -> Result<Vec<RoleId>, Failure> {
    let wrong = |_| Failure::wrong(format!("{key}: not ids of roles, which begin with role_"));
    ids.iter().map(|role| role.parse().map_err(wrong)).collect()
}
