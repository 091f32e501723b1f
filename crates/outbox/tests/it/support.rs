//! An empty outbox.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_core::Environment;
use vestibule_database::{Database, Error, Migrations, transaction};
use vestibule_outbox::{EventId, MIGRATIONS, record};
use vestibule_testing::{SetUp, TestClock, TestDatabase, test_environment};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct Site {
    pub(crate) database: Database,
    pub(crate) environment: Environment,
    pub(crate) clock: TestClock,
    pub(crate) place: Arc<TestDatabase>,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &[MIGRATIONS];

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(Self::TABLES).await.unwrap();
        let (environment, clock) = test_environment();
        Self { database, environment, clock, place }
    }
}

/// Records an event about a subject, in a transaction of its own.
pub(crate) async fn happen(database: &Database, environment: &Environment, subject: &str, number: usize) -> EventId {
    let recorded: Result<EventId, Error> = async {
        transaction!(database, |transaction| {
            record(transaction, environment, "thing.happened", subject, json!({ "number": number })).await
        })
    }
    .await;
    recorded.unwrap()
}

impl Site {
    pub(crate) async fn happen(&self, subject: &str, number: usize) -> EventId {
        happen(&self.database, &self.environment, subject, number).await
    }
}
