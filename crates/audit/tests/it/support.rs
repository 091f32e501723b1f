//! An audit log in an empty database, with a clock of the test's own.

use std::sync::Arc;

use vestibule_audit::{AuditField, AuditLog, Entry, NewEntry};
use vestibule_core::{Filter, FindConfig};
use vestibule_database::{Database, Error, Migrations};
use vestibule_testing::{SetUp, TestClock, TestDatabase, test_environment};

pub(crate) struct Log {
    pub(crate) service: AuditLog,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
}

impl SetUp for Log {
    const TABLES: &[Migrations] = &[vestibule_audit::MIGRATIONS];

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(Self::TABLES).await.unwrap();
        let (environment, clock) = test_environment();
        Self { service: AuditLog::new(database.clone(), environment), database, clock }
    }
}

impl Log {
    pub(crate) async fn record(&self, entry: NewEntry<'_>) -> Result<(), Error> {
        let mut transaction = self.database.begin().await?;
        self.service.record_within(&mut transaction, entry).await?;
        transaction.commit().await
    }

    /// The entries that match.
    pub(crate) async fn entries(&self, filter: Filter<AuditField>) -> Vec<Entry> {
        let (entries, count) = self.service.list_and_count(&filter, &FindConfig::default()).await.unwrap();
        assert_eq!(entries.len() as u64, count);
        entries
    }
}
