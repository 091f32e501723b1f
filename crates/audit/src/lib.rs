//! Who did what to whom, from where: an entry in the transaction in which it was done.
//!
//! Not here: what is worth an entry (the flows), and who may read it (http).

use vestibule_database::{Migration, Migrations};

/// The table of the audit log.
pub const MIGRATIONS: Migrations = Migrations {
    module: "audit",
    steps: &[Migration { name: "V1__entries", sql: include_str!("../migrations/V1__entries.sql") }],
};
