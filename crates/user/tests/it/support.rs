//! A User Module in an empty database, with a clock of the test's own.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::task::JoinSet;
use vestibule_core::{DomainError, EmailAddress, Environment, ErrorKind, Metadata, SigningKey};
use vestibule_database::{Database, Migrations};
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase, test_environment};
use vestibule_user::{CreateInvite, CreateUser, Invite, User, UserModule, UserOptions};

pub(crate) const SECRET: &[u8] = b"a secret of thirty-two bytes, or";
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) struct Module {
    pub(crate) service: UserModule,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    place: Arc<TestDatabase>,
}

impl SetUp for Module {
    const TABLES: &[Migrations] = &[vestibule_outbox::MIGRATIONS, vestibule_user::MIGRATIONS];

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(Self::TABLES).await.unwrap();
        let (environment, clock) = test_environment();
        let service = UserModule::new(database.clone(), environment, options());
        Self { service, database, clock, place }
    }
}

pub(crate) fn options() -> UserOptions {
    UserOptions::new(SigningKey::new(SECRET))
}

impl Module {
    pub(crate) async fn user(&self, address: &str) -> User {
        self.service.create_users(CreateUser::new(email(address))).await.unwrap()
    }

    pub(crate) async fn invite(&self, address: &str) -> Invite {
        self.service.create_invites(CreateInvite::new(email(address))).await.unwrap()
    }

    /// The service of another process: with its own connections and randomness.
    pub(crate) async fn another_process(&self) -> UserModule {
        let environment = Environment::new(Arc::new(self.clock.clone()), Arc::new(SeededRandom::new(2)));
        UserModule::new(self.place.open().await, environment, options())
    }

    /// Sixty-four callers at once, half of them in another process. Returns the result of each, in no order.
    pub(crate) async fn sixty_four<T, F>(&self, work: impl Fn(UserModule, usize) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        // Ids of two processes keep their order from one millisecond to the next, not within one.
        self.clock.advance(Duration::from_millis(1));
        let services = [self.service.clone(), self.another_process().await];
        let mut tasks = JoinSet::new();
        for caller in 0..64 {
            tasks.spawn(work(services[caller % 2].clone(), caller));
        }
        tokio::time::timeout(Duration::from_secs(60), tasks.join_all()).await.expect("a task waits for ever")
    }

    /// Every event so far with its subject, oldest first. Asserts that each has the data of the contract.
    pub(crate) async fn events(&self) -> Vec<(String, String)> {
        let mut events = vestibule_outbox::newest(&self.database, 10_000).await.unwrap();
        events.reverse();
        for event in &events {
            assert_eq!(event.data, json!({ "id": event.subject }), "{}", event.name);
        }
        events.into_iter().map(|event| (event.name.to_string(), event.subject)).collect()
    }

    /// The names of the events after the first `seen`.
    pub(crate) async fn new_events(&self, seen: usize) -> Vec<String> {
        self.events().await.into_iter().skip(seen).map(|(name, _)| name).collect()
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

pub(crate) fn metadata(object: Json) -> Metadata {
    Metadata::new(object.as_object().unwrap().clone()).unwrap()
}

/// Kind, code and message of an expected error: what callers in other crates act on.
pub(crate) fn refusal(error: &impl DomainError) -> (ErrorKind, Option<&'static str>, String) {
    (error.kind(), error.code(), error.to_string())
}
