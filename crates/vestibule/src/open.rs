//! Opens all modules on one database.

use vestibule_auth::passwords::StartError;
use vestibule_auth::{AuthModule, AuthOptions, AuthProvider, PasswordConfig, Passwords};
use vestibule_core::{Environment, SigningKey};
use vestibule_database::{Config, Database, InvalidUrl, MigrationError};
use vestibule_flows::directory::DirectorySignIn;
use vestibule_flows::{Flows, SignUpRule};
use vestibule_notify::{ALL_MIGRATIONS, Relay, RelayOptions, set_up};
use vestibule_outbox::Subscription;
use vestibule_rbac::RoleId;
use vestibule_user::{UserModule, UserOptions};
#[cfg(feature = "web")]
use vestibule_web::Web;
use vestibule_webhook::ClientConfig;

use crate::http::GuardedClient;

/// The configuration of the modules.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The database's location and settings.
    pub database: Config,
    /// The User Module's options.
    pub users: UserOptions,
    /// The Auth Module's options.
    pub auth: AuthOptions,
    /// How passwords are hashed.
    pub passwords: PasswordConfig,
    /// How the requests of providers are sent: which addresses they may connect to, and how long they may take.
    pub http: ClientConfig,
    /// The roles of new users that are given none.
    pub default_roles: Vec<RoleId>,
    /// The clock and the randomness.
    pub environment: Environment,
}

impl Options {
    /// Returns the defaults, for the database of this URL and tokens signed with this secret: at least 32 random bytes,
    /// the same in every process.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`] for a URL that names no database.
    pub fn new(database_url: &str, secret: &[u8]) -> Result<Self, InvalidUrl> {
        let key = SigningKey::new(secret);
        Ok(Self {
            database: Config::from_url(database_url)?,
            users: UserOptions::new(key.clone()),
            auth: AuthOptions::new(key),
            passwords: PasswordConfig::default(),
            http: ClientConfig::default(),
            default_roles: vec![RoleId::super_admin()],
            environment: Environment::system(),
        })
    }
}

/// Why the modules could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The database could not be opened.
    #[error("the database could not be opened")]
    Database(#[from] vestibule_database::Error),
    /// Its tables could not be migrated.
    #[error(transparent)]
    Migrate(#[from] MigrationError),
    /// The hashing threads could not be started.
    #[error(transparent)]
    Passwords(#[from] StartError),
}

/// All modules on one database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vestibule {
    flows: Flows,
}

impl Vestibule {
    /// Opens the database, migrates its tables, fills their counts, builds their indexes, and creates the modules.
    ///
    /// # Errors
    ///
    /// [`OpenError`] with the step that failed.
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        let vestibule = Self::assemble(options).await?;
        vestibule.set_up().await?;
        vestibule.build_indexes().await?;
        Ok(vestibule)
    }

    /// Migrates the tables and adds their initial rows. Returns the number of steps of migration that this call did: none where another
    /// process did them.
    ///
    /// # Errors
    ///
    /// [`MigrationError`] if a migration fails.
    pub async fn set_up(&self) -> Result<usize, MigrationError> {
        set_up(self.flows.database(), self.flows.environment()).await
    }

    /// Does what is left beside writers after the tables were migrated: fills the counts, see [`Database::fill_counts`], notes
    /// which users have a second factor, and builds the indexes that are missing, see [`Database::build_indexes`].
    ///
    /// # Errors
    ///
    /// Any [`vestibule_database::Error`].
    pub async fn build_indexes(&self) -> Result<(), vestibule_database::Error> {
        self.flows.fill_counts().await?;
        self.flows.fill_second_factors().await?;
        self.flows.database().build_indexes(&ALL_MIGRATIONS).await
    }

    /// Creates the modules without migrating the tables, for callers that migrate separately.
    ///
    /// # Errors
    ///
    /// [`OpenError`] with the step that failed.
    pub async fn assemble(options: Options) -> Result<Self, OpenError> {
        let Options { database, users, auth, passwords, http, default_roles, environment } = options;
        let database = Database::open(&database).await?;
        let users = UserModule::new(database.clone(), environment.clone(), users);
        let auth = AuthModule::new(database.clone(), environment.clone(), auth, Passwords::start(passwords)?);
        let auth = auth.with_http_client(GuardedClient::new(http));
        Ok(Self { flows: Flows::new(database, environment, users, auth).with_default_roles(default_roles) })
    }

    /// Adds a sign-in method.
    #[must_use]
    pub fn with_provider(self, provider: impl AuthProvider) -> Self {
        let auth = self.flows.auth().clone().with_provider(provider);
        Self { flows: self.flows.with_auth(auth) }
    }

    /// Adds passkeys, as a sign-in method and as a kind of second factor.
    #[cfg(feature = "passkeys")]
    #[must_use]
    pub fn with_passkeys(self, site: vestibule_passkeys::RelyingParty) -> Self {
        let passkeys = vestibule_passkeys::PasskeyProvider::new(site);
        let auth = self.flows.auth().clone().with_mfa_provider(passkeys.clone()).with_provider(passkeys);
        Self { flows: self.flows.with_auth(auth) }
    }

    /// Sets who may become a user without an invite.
    #[must_use]
    pub fn with_sign_up(self, rule: SignUpRule) -> Self {
        Self { flows: self.flows.with_sign_up(rule) }
    }

    /// Sets how users sign in whom a directory creates.
    #[must_use]
    pub fn with_directory_sign_in(self, sign_in: DirectorySignIn) -> Self {
        Self { flows: self.flows.with_directory_sign_in(sign_in) }
    }

    /// Returns the User Module.
    pub fn users(&self) -> &UserModule {
        self.flows.users()
    }

    /// Returns the Auth Module.
    pub fn auth(&self) -> &AuthModule {
        self.flows.auth()
    }

    /// Returns the operations that need both.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }

    /// Returns the state that API and pages share. Adapt it before you pass it to `vestibule_api::router` and
    /// `vestibule_dashboard::router`.
    #[cfg(feature = "web")]
    pub fn web(&self, https: bool) -> Web {
        Web::new(self.flows.clone(), https)
    }

    /// Returns the state that API and pages share, for a server that users reach at this URL. With a path in it, such as
    /// `https://example.com/accounts`, cookies are for that path.
    #[cfg(feature = "web")]
    pub fn web_at(&self, public_url: &str) -> Web {
        Web::at(self.flows.clone(), vestibule_web::Site::at(public_url))
    }

    /// Returns the pages under `/app`, to mount beside the routes. `public_url` is the URL that users see, and the
    /// start of the links on the pages. With a path in it, such as `https://example.com/accounts`, requests must arrive without
    /// that path, as with [`axum::Router::nest`], and the API's routes are those of [`Self::router_at`] the same URL.
    #[cfg(feature = "dashboard")]
    pub fn dashboard(&self, public_url: &str) -> axum::Router {
        let web = self.web_at(public_url);
        vestibule_dashboard::router(vestibule_dashboard::Dashboard::new(web, public_url))
    }

    /// Returns the routes of SCIM under `/scim/v2`, to mount beside the others. `public_url` is the URL that directories see.
    #[cfg(feature = "scim")]
    pub fn scim(&self, public_url: &str) -> axum::Router {
        let web = self.web_at(public_url);
        vestibule_scim::router(vestibule_scim::Scim::new(web, public_url))
    }

    /// Returns the relay that delivers events. Add destinations with [`Relay::with_destination`].
    pub fn relay(&self, options: RelayOptions) -> Relay {
        Relay::new(self.flows.database().clone(), self.flows.environment().clone(), options)
    }

    /// Subscribes to the events after a position in the feed, in the order of their commits; 0 for all that are kept.
    pub fn subscribe(&self, after: i64) -> Subscription {
        Subscription::new(self.flows.database(), after)
    }

    /// Returns the routes of the JSON API, to mount in an axum application. `https` says whether users reach it by
    /// https: then the session's cookie is sent by https only.
    #[cfg(feature = "api")]
    pub fn router(&self, https: bool) -> axum::Router {
        vestibule_api::router(self.web(https))
    }

    /// Returns the routes of the JSON API, for a server that users reach at this URL, see [`Self::web_at`].
    #[cfg(feature = "api")]
    pub fn router_at(&self, public_url: &str) -> axum::Router {
        vestibule_api::router(self.web_at(public_url))
    }
}
