//! Creating the tables of all modules.

use vestibule_core::Environment;
use vestibule_database::{Database, MigrationError, Migrations};

use crate::MIGRATIONS;

/// The tables of every module: those of the flows, and those of deliveries.
pub const ALL_MIGRATIONS: [Migrations; 6] = {
    let [outbox, audit, user, auth, rbac] = vestibule_flows::MIGRATIONS;
    [outbox, audit, user, auth, rbac, MIGRATIONS]
};

/// Brings the tables of every module up to date, see [`vestibule_flows::set_up`], and returns the number of steps that this call
/// did.
///
/// # Errors
///
/// [`MigrationError`].
pub async fn set_up(database: &Database, environment: &Environment) -> Result<usize, MigrationError> {
    // An older program changes nothing, not even of the modules that it knows.
    database.migration_status(&ALL_MIGRATIONS).await?;
    let steps = vestibule_flows::set_up(database, environment).await?;
    Ok(steps + database.migrate(&[MIGRATIONS]).await?)
}
