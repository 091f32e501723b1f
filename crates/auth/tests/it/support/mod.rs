//! An Auth Module in an empty database, with a clock of the test's own and hashes that cost next to nothing.

pub(crate) mod providers;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tokio::task::JoinSet;
use vestibule_auth::identities::ClaimError;
use vestibule_auth::{
    AuthIdentity, AuthIdentityId, AuthInput, AuthModule, AuthOptions, AuthenticateError, CreateAuthIdentity,
    CreateProviderIdentity, PasswordConfig, Passwords, SessionToken,
};
use vestibule_core::{DomainError, Environment, ErrorKind, SigningKey, Timestamp};
use vestibule_database::{Database, Error, Migrations, transaction};
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase, test_environment};

pub(crate) use vestibule_testing::clock::START;

pub(crate) const SECRET: &[u8] = b"a secret of thirty-two bytes, or";
pub(crate) const MICROSECOND: Duration = Duration::from_micros(1);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "Lantern-trombone-42";
pub(crate) const OTHER_PASSWORD: &str = "Other-harbour-77x";

pub(crate) struct Module {
    pub(crate) service: AuthModule,
    pub(crate) passwords: Passwords,
    pub(crate) environment: Environment,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    place: Arc<TestDatabase>,
}

impl SetUp for Module {
    const TABLES: &[Migrations] = &[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS];

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(Self::TABLES).await.unwrap();
        let (environment, clock) = test_environment();
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let service = AuthModule::new(database.clone(), environment.clone(), options(), passwords.clone());
        Self { service, passwords, environment, database, clock, place }
    }
}

pub(crate) fn options() -> AuthOptions {
    AuthOptions::new(SigningKey::new(SECRET))
}

impl Module {
    /// The service with other settings, on the same database.
    pub(crate) fn with_options(&self, change: impl FnOnce(&mut AuthOptions)) -> AuthModule {
        let mut options = options();
        change(&mut options);
        AuthModule::new(self.database.clone(), self.environment.clone(), options, self.passwords.clone())
    }

    /// The service that evaluates any number of attempts, on the same database.
    pub(crate) fn without_limits(&self) -> AuthModule {
        self.with_options(|options| options.attempts.most = 0)
    }

    /// The service with other hashing threads, on the same database.
    pub(crate) fn with_passwords(&self, change: impl FnOnce(&mut PasswordConfig)) -> AuthModule {
        let mut config = PasswordConfig::fast_for_tests();
        change(&mut config);
        let passwords = Passwords::start(config).unwrap();
        AuthModule::new(self.database.clone(), self.environment.clone(), options(), passwords)
    }

    /// The service of another process: with its own connections and randomness.
    pub(crate) async fn another_process(&self) -> AuthModule {
        let environment = Environment::new(Arc::new(self.clock.clone()), Arc::new(SeededRandom::new(2)));
        AuthModule::new(self.place.open().await, environment, options(), self.passwords.clone())
    }

    /// Sixty-four callers at once, half of them in another process. Returns the result of each, in no order.
    pub(crate) async fn sixty_four<T, F>(&self, work: impl Fn(AuthModule, usize) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let services = [self.service.clone(), self.another_process().await];
        let mut tasks = JoinSet::new();
        for caller in 0..64 {
            tasks.spawn(work(services[caller % 2].clone(), caller));
        }
        tokio::time::timeout(Duration::from_secs(60), tasks.join_all()).await.expect("a task waits for ever")
    }

    pub(crate) async fn register(&self, address: &str, password: &str) -> Result<AuthIdentity, AuthenticateError> {
        self.service.register("emailpass", &credentials(address, password)).await?.identity()
    }

    pub(crate) async fn sign_in(&self, address: &str, password: &str) -> Result<AuthIdentity, AuthenticateError> {
        sign_in(&self.service, address, password).await
    }

    /// An identity of `emailpass` with [`PASSWORD`] that belongs to a user of this id.
    pub(crate) async fn owned(&self, address: &str, user: &str) -> AuthIdentity {
        let part = self
            .service
            .password_identity(&address.parse().unwrap(), &vestibule_auth::PasswordSubject::new(address, &[]), PASSWORD)
            .await
            .unwrap();
        self.service.create_auth_identities(belonging_to(user, [part])).await.unwrap()
    }

    pub(crate) async fn claim(&self, id: AuthIdentityId, user: &str) -> Result<(), ClaimError> {
        claim(&self.service, &self.database, id, "user", user).await
    }

    pub(crate) async fn remove_actor(&self, actor_type: &str, actor_id: &str) {
        let result: Result<(), Error> = async {
            transaction!(self.database, |transaction| {
                self.service.remove_actor_within(transaction, actor_type, actor_id).await
            })
        }
        .await;
        result.unwrap();
    }

    pub(crate) async fn session(&self, identity: &AuthIdentity, actor_type: &str) -> SessionToken {
        self.service.start_session(identity, actor_type, "emailpass").await.unwrap()
    }

    pub(crate) async fn is_alive(&self, session: &SessionToken) -> bool {
        self.service.refresh_session(session.sid.parse().unwrap()).await.unwrap().is_some()
    }

    /// The identity as it is now, if it exists.
    pub(crate) async fn again(&self, identity: &AuthIdentity) -> Option<AuthIdentity> {
        self.service.retrieve_auth_identity(identity.id).await.ok()
    }

    /// How many rows match: `count("auth_identities WHERE expires_at IS NULL")`.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        self.database.query_scalar(format!("SELECT count(*) FROM {from}"), &[]).await.unwrap()
    }

    /// Writes what no method of the service writes.
    pub(crate) async fn execute(&self, text: &'static str, values: &[vestibule_core::Value]) {
        let result: Result<u64, Error> =
            async { transaction!(self.database, |transaction| transaction.execute(text, values).await) }.await;
        result.unwrap();
    }

    pub(crate) fn clock_now(&self) -> Timestamp {
        self.environment.now()
    }
}

pub(crate) async fn sign_in(
    service: &AuthModule,
    address: &str,
    password: &str,
) -> Result<AuthIdentity, AuthenticateError> {
    service.authenticate("emailpass", &credentials(address, password)).await?.identity()
}

/// Claims an identity in a transaction of its own.
pub(crate) async fn claim(
    service: &AuthModule,
    database: &Database,
    id: AuthIdentityId,
    actor_type: &str,
    actor_id: &str,
) -> Result<(), ClaimError> {
    transaction!(database, |transaction| service.claim_identity_within(transaction, id, actor_type, actor_id).await)
}

pub(crate) fn credentials(address: &str, password: &str) -> AuthInput {
    AuthInput::body([("email", address), ("password", password)])
}

pub(crate) fn object(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

/// An identity that is to belong to a user of this id.
pub(crate) fn belonging_to(user: &str, parts: impl IntoIterator<Item = CreateProviderIdentity>) -> CreateAuthIdentity {
    CreateAuthIdentity {
        id: None,
        provider_identities: parts.into_iter().collect(),
        app_metadata: object(json!({ "user_id": user })),
    }
}

/// An unclaimed identity to be created.
pub(crate) fn unclaimed(parts: impl IntoIterator<Item = CreateProviderIdentity>) -> CreateAuthIdentity {
    CreateAuthIdentity { id: None, provider_identities: parts.into_iter().collect(), app_metadata: Map::new() }
}

pub(crate) fn part(provider: &str, entity_id: &str) -> CreateProviderIdentity {
    CreateProviderIdentity::new(provider, entity_id)
}

/// Kind, code and message of an error: what callers in other crates act on.
pub(crate) fn refusal_of(error: &impl DomainError) -> (ErrorKind, Option<&'static str>, String) {
    (error.kind(), error.code(), error.to_string())
}

/// The same of an expected error.
pub(crate) fn refusal<T, E: DomainError>(result: Result<T, E>) -> (ErrorKind, Option<&'static str>, String) {
    refusal_of(&result.err().expect("it should have been refused"))
}

pub(crate) fn wrong_password() -> (ErrorKind, Option<&'static str>, String) {
    (ErrorKind::Unauthorized, None, "Invalid email or password".to_owned())
}
