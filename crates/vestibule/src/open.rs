//! All modules on one database, opened in one step.

use vestibule_auth::passwords::StartError;
use vestibule_auth::{AuthModule, AuthOptions, AuthProvider, PasswordConfig, Passwords};
use vestibule_core::{Environment, SigningKey};
use vestibule_database::{Config, Database, InvalidUrl, MigrationError};
use vestibule_flows::Flows;
use vestibule_notify::{Relay, RelayOptions, set_up};
use vestibule_outbox::Subscription;
use vestibule_rbac::RoleId;
use vestibule_user::{UserModule, UserOptions};
#[cfg(feature = "web")]
use vestibule_web::Web;

/// How the modules are put together.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the database is, and how it is used.
    pub database: Config,
    /// How the User Module works.
    pub users: UserOptions,
    /// How the Auth Module works.
    pub auth: AuthOptions,
    /// How passwords are hashed.
    pub passwords: PasswordConfig,
    /// The roles of whoever comes in and is given none.
    pub default_roles: Vec<RoleId>,
    /// The clock and the dice.
    pub environment: Environment,
}

impl Options {
    /// The defaults, on the database of this URL, with tokens signed by this secret: at least 32 random bytes, the
    /// same in every process.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`].
    pub fn new(database_url: &str, secret: &[u8]) -> Result<Self, InvalidUrl> {
        let key = SigningKey::new(secret);
        Ok(Self {
            database: Config::from_url(database_url)?,
            users: UserOptions::new(key.clone()),
            auth: AuthOptions::new(key),
            passwords: PasswordConfig::default(),
            default_roles: vec![RoleId::super_admin()],
            environment: Environment::system(),
        })
    }
}

/// Why the modules could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database could not be opened.
    #[error("the database could not be opened")]
    Database(#[from] vestibule_database::Error),
    /// Its tables could not be brought up to date.
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
    /// Opens the database, brings its tables up to date, and puts the modules together.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        let vestibule = Self::assemble(options).await?;
        vestibule.set_up().await?;
        Ok(vestibule)
    }

    /// Brings the tables up to date, and puts there what is in them from the start.
    ///
    /// # Errors
    ///
    /// [`MigrationError`].
    pub async fn set_up(&self) -> Result<(), MigrationError> {
        set_up(self.flows.database(), self.flows.environment()).await
    }

    /// Puts the modules together on a database whose tables are somebody else's care.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub async fn assemble(options: Options) -> Result<Self, OpenError> {
        let Options { database, users, auth, passwords, default_roles, environment } = options;
        let database = Database::open(&database).await?;
        let users = UserModule::new(database.clone(), environment.clone(), users);
        let auth = AuthModule::new(database.clone(), environment.clone(), auth, Passwords::start(passwords)?);
        Ok(Self { flows: Flows::new(database, environment, users, auth).with_default_roles(default_roles) })
    }

    /// Adds a way to sign in.
    #[must_use]
    pub fn with_provider(self, provider: impl AuthProvider) -> Self {
        let auth = self.flows.auth().clone().with_provider(provider);
        Self { flows: self.flows.with_auth(auth) }
    }

    /// The User Module.
    pub fn users(&self) -> &UserModule {
        self.flows.users()
    }

    /// The Auth Module.
    pub fn auth(&self) -> &AuthModule {
        self.flows.auth()
    }

    /// What needs both.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }

    /// The state that routes and pages share, to be adapted before `vestibule_api::router` and
    /// `vestibule_dashboard::router` are made of it.
    #[cfg(feature = "web")]
    pub fn web(&self, https: bool) -> Web {
        Web::new(self.flows.clone(), https)
    }

    /// The pages below `/app`, to be mounted beside the routes; people reach them at `public_url`, which is the start of
    /// the links that they show.
    #[cfg(feature = "dashboard")]
    pub fn dashboard(&self, public_url: &str) -> axum::Router {
        let web = self.web(public_url.starts_with("https://"));
        vestibule_dashboard::router(vestibule_dashboard::Dashboard::new(web, public_url))
    }

    /// What delivers events, without a place to deliver to yet: see [`Relay::with_destination`].
    pub fn relay(&self, options: RelayOptions) -> Relay {
        Relay::new(self.flows.database().clone(), self.flows.environment().clone(), options)
    }

    /// The events after a place in the feed, as they are committed: 0 for all that are kept.
    pub fn subscribe(&self, after: i64) -> Subscription {
        Subscription::new(self.flows.database(), after)
    }

    /// The routes of the JSON API, to be mounted in an axum application. `https` says whether people reach it by
    /// https: then the session's cookie is sent by https alone.
    #[cfg(feature = "api")]
    pub fn router(&self, https: bool) -> axum::Router {
        vestibule_api::router(self.web(https))
    }
}
