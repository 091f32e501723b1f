//! The service itself: what all its methods share.

use vestibule_core::Environment;
use vestibule_database::{Database, Migration, Migrations};

/// The table of the audit log.
pub const MIGRATIONS: Migrations = Migrations {
    module: "audit",
    steps: &[Migration { name: "V1__entries", sql: include_str!("../migrations/V1__entries.sql") }],
};

/// The audit log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AuditLog {
    pub(crate) database: Database,
    pub(crate) environment: Environment,
}

impl AuditLog {
    /// A service on a database that has [`MIGRATIONS`].
    pub fn new(database: Database, environment: Environment) -> Self {
        Self { database, environment }
    }
}
