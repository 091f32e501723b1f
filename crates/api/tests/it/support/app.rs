//! The app: every module on one database, its routes and what every request passes, without a socket.

use std::sync::Arc;

use axum::Router;
use serde_json::Value as Json;
use vestibule_api::{router, router_for_medusa_admin};
use vestibule_audit::AuditField;
use vestibule_auth::{AuthModule, AuthOptions, AuthProvider, PasswordConfig, Passwords, RequestPasswordReset};
use vestibule_core::{Clock as _, Environment, Field as _, FindConfig, SigningKey};
use vestibule_database::{Database, Migrations};
use vestibule_flows::{Context, CreateUserAccount, Flows, SignInMethod};
use vestibule_notify::{ALL_MIGRATIONS, Webhooks, set_up};
use vestibule_passkeys::{PasskeyProvider, RelyingParty};
use vestibule_rbac::{CreateRole, PolicyField, RoleId};
use vestibule_server::{LayerConfig, TrustedProxies, method_not_allowed, not_found, with_layers};
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase};
use vestibule_user::{CreateUser, UserField, UserModule, UserOptions};
use vestibule_web::{AddressLimit, Site, Waiting, Web};
use vestibule_webhook::AddressGuard;

use super::{Anonymous, Client, Registered, User};

/// The password of every user without another one.
pub(crate) const PASSWORD: &str = "Lantern-trombone-42";

pub(crate) const SECRET: &[u8] = b"a secret of the tests, and of no one else";

/// One process's share of Vestibule, on a database that others may use as well.
pub(crate) struct TestApp {
    /// The router, for what no route does.
    pub(crate) flows: Flows,
    /// The clock stands still until a test moves it.
    pub(crate) clock: TestClock,
    /// The requests that wait for events.
    pub(crate) waiting: Waiting,
    router: Router,
    _place: Option<Arc<TestDatabase>>,
}

impl SetUp for TestApp {
    const TABLES: &[Migrations] = &ALL_MIGRATIONS;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self::on(&place).open().await
    }
}

/// How a [`TestApp`] is set up, and on which database.
pub(crate) struct Builder {
    place: Arc<TestDatabase>,
    max_connections: Option<usize>,
    settings: Settings,
}

type Adapt = Box<dyn FnOnce(&mut AuthOptions) + Send>;

struct Settings {
    clock: TestClock,
    seed: u64,
    public_url: &'static str,
    cors_origins: Vec<&'static str>,
    trusted_proxies: Vec<&'static str>,
    passwords: PasswordConfig,
    requests_per_address: u32,
    webhook_networks: Vec<&'static str>,
    medusa_admin: bool,
    auth: Option<Adapt>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            clock: TestClock::default(),
            seed: 1,
            public_url: "http://localhost:9000",
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            passwords: PasswordConfig::fast_for_tests(),
            requests_per_address: 300,
            webhook_networks: Vec::new(),
            medusa_admin: false,
            auth: None,
        }
    }
}

impl Builder {
    /// The public URL; `http://localhost:9000` by default.
    pub(crate) fn public_url(mut self, url: &'static str) -> Self {
        self.settings.public_url = url;
        self
    }

    /// The websites that may use its users' sessions.
    pub(crate) fn cors_origins(mut self, origins: &[&'static str]) -> Self {
        self.settings.cors_origins = origins.to_vec();
        self
    }

    /// `database.max_connections`.
    pub(crate) fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// How passwords are hashed; by default so that they cost nothing.
    pub(crate) fn passwords(mut self, passwords: PasswordConfig) -> Self {
        self.settings.passwords = passwords;
        self
    }

    /// `compat.medusa_admin`.
    pub(crate) fn medusa_admin(mut self) -> Self {
        self.settings.medusa_admin = true;
        self
    }

    /// The options of the Auth Module.
    pub(crate) fn auth_options(mut self, change: impl FnOnce(&mut AuthOptions) + Send + 'static) -> Self {
        self.settings.auth = Some(Box::new(change));
        self
    }

    /// `server.trusted_proxies`.
    pub(crate) fn trusted_proxies(mut self, networks: &[&'static str]) -> Self {
        self.settings.trusted_proxies = networks.to_vec();
        self
    }

    /// `limits.per_address`.
    pub(crate) fn requests_per_address(mut self, requests: u32) -> Self {
        self.settings.requests_per_address = requests;
        self
    }

    /// `webhooks.allowed_networks`.
    pub(crate) fn webhook_networks(mut self, networks: &[&'static str]) -> Self {
        self.settings.webhook_networks = networks.to_vec();
        self
    }

    /// Takes the clock of `other`, as a second process on the same machine, with randomness of its own.
    pub(crate) fn beside(mut self, other: &TestApp) -> Self {
        self.settings.clock = other.clock.clone();
        self.settings.seed += 1;
        self
    }

    /// Opens the app, and creates its tables.
    pub(crate) async fn open(self) -> TestApp {
        self.open_with(|auth| auth).await
    }

    /// Opens the app with an additional provider.
    pub(crate) async fn open_with_provider(self, provider: impl AuthProvider) -> TestApp {
        self.open_with(|auth| auth.with_provider(provider)).await
    }

    /// Opens the app with passkeys for its public URL.
    pub(crate) async fn open_with_passkeys(self) -> TestApp {
        let passkeys = PasskeyProvider::new(RelyingParty::new(self.settings.public_url, "Tests").unwrap());
        self.open_with(|auth| auth.with_mfa_provider(passkeys.clone()).with_provider(passkeys)).await
    }

    /// Opens the app with additional providers.
    pub(crate) async fn open_with_providers(self, adapt: impl FnOnce(AuthModule) -> AuthModule) -> TestApp {
        self.open_with(adapt).await
    }

    async fn open_with(self, adapt: impl FnOnce(AuthModule) -> AuthModule) -> TestApp {
        let mut config = self.place.config();
        config.max_connections = self.max_connections.unwrap_or(config.max_connections);
        let database = Database::open(&config).await.unwrap();
        self.settings.put_together(database, Some(self.place), adapt).await
    }
}

impl Settings {
    async fn put_together(
        self,
        database: Database,
        place: Option<Arc<TestDatabase>>,
        adapt: impl FnOnce(AuthModule) -> AuthModule,
    ) -> TestApp {
        let key = SigningKey::new(SECRET);
        let environment = Environment::new(Arc::new(self.clock.clone()), Arc::new(SeededRandom::new(self.seed)));
        set_up(&database, &environment).await.unwrap();
        let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(key.clone()));
        let passwords = Passwords::start(self.passwords).unwrap();
        let mut options = AuthOptions::new(key);
        if let Some(change) = self.auth {
            change(&mut options);
        }
        let auth = adapt(AuthModule::new(database.clone(), environment.clone(), options, passwords));
        let flows = Flows::new(database, environment.clone(), users, auth);
        let layers = LayerConfig::new(environment).public_url(self.public_url).unwrap();
        let layers = layers.cors_origins(&self.cors_origins).unwrap();
        let layers = layers.trusted_proxies(TrustedProxies::new(&self.trusted_proxies).unwrap());
        let allowed = self.webhook_networks.iter().map(|network| network.parse().unwrap()).collect();
        let web = Web::at(flows.clone(), Site::at(self.public_url))
            .with_webhooks(Webhooks::new(flows.clone(), AddressGuard { allowed }))
            .with_address_limit(AddressLimit::new(flows.environment().clone(), self.requests_per_address));
        let waiting = web.waiting.clone();
        let routes = if self.medusa_admin { router_for_medusa_admin(web) } else { router(web) };
        let routes = routes.fallback(not_found).method_not_allowed_fallback(method_not_allowed);
        TestApp { flows, clock: self.clock, waiting, router: with_layers(routes, &layers), _place: place }
    }
}

impl TestApp {
    /// An app on this database, to be configured and opened.
    pub(crate) fn on(place: &Arc<TestDatabase>) -> Builder {
        Builder { place: Arc::clone(place), max_connections: None, settings: Settings::default() }
    }

    /// An app on a database that the test has opened.
    pub(crate) async fn with_database(database: Database) -> Self {
        Settings::default().put_together(database, None, |auth| auth).await
    }

    /// An app on SQLite, for tests that do not depend on the database.
    pub(crate) async fn sqlite() -> Self {
        Self::on(&Arc::new(TestDatabase::sqlite())).open().await
    }

    /// The time, in seconds since 1970.
    pub(crate) fn clock_seconds(&self) -> i64 {
        self.clock.now().as_seconds()
    }

    /// The time, as responses write it.
    pub(crate) fn clock_text(&self) -> String {
        self.clock.now().to_string()
    }

    /// A client without credentials.
    pub(crate) fn anonymous(&self) -> Anonymous {
        Anonymous(Client::new(&self.router))
    }

    /// A client with this bearer token, valid or not.
    pub(crate) fn bearer(&self, token: &str) -> Client {
        Client::new(&self.router).with_header("authorization", &format!("Bearer {token}"))
    }

    /// A client whose browser sends this cookie, as `name=value`.
    pub(crate) fn cookie(&self, cookie: &str) -> Client {
        Client::new(&self.router).with_header("cookie", cookie)
    }

    /// A client that has registered this address with [`PASSWORD`].
    pub(crate) async fn registered(&self, email: &str) -> Registered {
        self.anonymous().register(email, PASSWORD).await
    }

    /// `admin@example.com`, created where it does not exist, and signed in.
    pub(crate) async fn admin(&self) -> User {
        self.user("admin@example.com").await
    }

    /// The user with this address and [`PASSWORD`], created where there is none, and signed in.
    pub(crate) async fn user(&self, email: &str) -> User {
        let listed = self.flows.users().list_users(&UserField::Email.eq(email), &FindConfig::default()).await.unwrap();
        if listed.is_empty() {
            self.create_user(email, PASSWORD).await;
        }
        self.anonymous().sign_in_as_user(email, PASSWORD).await
    }

    /// Creates a user who can sign in, as the command line does.
    pub(crate) async fn create_user(&self, email: &str, password: &str) {
        self.create_user_with(email, password, None).await;
    }

    async fn create_user_with(&self, email: &str, password: &str, roles: Option<Vec<RoleId>>) {
        let user = CreateUser::new(email.parse().unwrap());
        let account = CreateUserAccount { user, sign_in_method: SignInMethod::Password(password.into()), roles };
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap();
    }

    /// Creates a user with these policies and no others, and signs in.
    pub(crate) async fn user_with_policies(&self, email: &str, policies: &[&str]) -> User {
        let rbac = self.flows.rbac();
        let known = rbac
            .list_rbac_policies(&PolicyField::Key.is_in(policies.iter().copied()), &FindConfig::default())
            .await
            .unwrap();
        assert_eq!(known.len(), policies.len());
        let mut role = CreateRole::new(format!("of {email}"));
        role.policy_ids = known.into_iter().map(|policy| policy.id).collect();
        let role = rbac.create_rbac_roles(role).await.unwrap();
        self.create_user_with(email, PASSWORD, Some(vec![role.id])).await;
        self.anonymous().sign_in_as_user(email, PASSWORD).await
    }

    /// The data of the events of this name as a delivery receives it, newest first.
    pub(crate) async fn events(&self, name: &str) -> Vec<Json> {
        let events = vestibule_outbox::newest(self.flows.database(), 1_000).await.unwrap();
        let events = events.iter().filter(|event| event.name == name);
        events.map(|event| self.flows.auth().reveal_event(event).unwrap()).collect()
    }

    /// The entries of the audit log of this action.
    pub(crate) async fn audited(&self, action: &str) -> Vec<Json> {
        let filter = AuditField::Action.eq(action);
        let found = self.flows.audit().list_and_count(&filter, &FindConfig::default()).await.unwrap();
        found.0.iter().map(|entry| serde_json::to_value(entry).unwrap()).collect()
    }

    /// Requests a new password, and returns the token from the mail.
    pub(crate) async fn reset_token(&self, email: &str) -> String {
        // As the operator: strangers have to wait between two requests.
        let request = RequestPasswordReset { provider: "emailpass", entity_id: email, actor_type: "user" };
        self.flows.request_password_reset(request, None, &Context::operator()).await.unwrap();
        self.events("auth.password_reset").await[0]["token"].as_str().unwrap().to_owned()
    }
}
