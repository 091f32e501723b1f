//! The module in an empty database, with a clock of the test's own and the built-in policies.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vestibule_core::{DomainError, Environment, ErrorKind};
use vestibule_database::{Database, Migrations};
use vestibule_rbac::{CreatePolicy, CreateRole, Policy, PolicyField, RbacModule, Role, RoleId};
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase, test_environment};

pub(crate) struct Module {
    pub(crate) service: RbacModule,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    place: Arc<TestDatabase>,
}

impl SetUp for Module {
    const TABLES: &[Migrations] = &[vestibule_rbac::MIGRATIONS];

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(Self::TABLES).await.unwrap();
        let (environment, clock) = test_environment();
        let service = RbacModule::new(database.clone(), environment);
        assert!(service.ensure_builtin().await.unwrap());
        Self { service, database, clock, place }
    }
}

impl Module {
    /// The policy of this key, created if it is missing.
    pub(crate) async fn policy(&self, key: &str) -> Policy {
        let filter = vestibule_core::Field::eq(PolicyField::Key, key);
        let found = self.service.list_rbac_policies(&filter, &Default::default()).await.unwrap().pop();
        match found {
            Some(policy) => policy,
            None => {
                let (resource, operation) = key.split_once(':').unwrap();
                self.service.create_rbac_policies(CreatePolicy::new(resource, operation)).await.unwrap()
            }
        }
    }

    /// A role with these policies and parents.
    pub(crate) async fn role(&self, name: &str, keys: &[&str], parents: &[&Role]) -> Role {
        let mut role = CreateRole::new(name);
        for key in keys {
            role.policy_ids.push(self.policy(key).await.id);
        }
        role.parent_ids = parents.iter().map(|parent| parent.id.clone()).collect();
        self.service.create_rbac_roles(role).await.unwrap()
    }

    /// What a role allows now.
    pub(crate) async fn grants(&self, role: &RoleId) -> String {
        self.service.retrieve_rbac_role(role).await.unwrap().grants.keys().join(" ")
    }

    /// What a subject may do now.
    pub(crate) async fn permissions(&self, subject: &str) -> String {
        self.service.permissions_of(&self.database, subject).await.unwrap().keys().join(" ")
    }

    /// The names of a subject's roles.
    pub(crate) async fn roles_of(&self, subject: &str) -> Vec<String> {
        self.service.roles_of(&self.database, subject).await.unwrap().into_iter().map(|role| role.name).collect()
    }

    /// The service of another process: with its own connections and randomness.
    pub(crate) async fn another_process(&self) -> RbacModule {
        let environment = Environment::new(Arc::new(self.clock.clone()), Arc::new(SeededRandom::new(2)));
        RbacModule::new(self.place.open().await, environment)
    }

    /// Sixty-four callers at once, half of them in another process. Returns the result of each, in no order.
    pub(crate) async fn sixty_four<T, F>(&self, work: impl Fn(RbacModule, usize) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.clock.advance(Duration::from_millis(1));
        let services = [self.service.clone(), self.another_process().await];
        let mut tasks = JoinSet::new();
        for caller in 0..64 {
            tasks.spawn(work(services[caller % 2].clone(), caller));
        }
        tokio::time::timeout(Duration::from_secs(60), tasks.join_all()).await.expect("a task waits for ever")
    }
}

/// Kind, code and message of an expected error: what callers in other crates act on.
pub(crate) fn refusal(error: &impl DomainError) -> (ErrorKind, Option<&'static str>, String) {
    (error.kind(), error.code(), error.to_string())
}
