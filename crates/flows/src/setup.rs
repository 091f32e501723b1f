//! Creating the tables of all modules, and their initial content.

use vestibule_audit::MIGRATIONS as AUDIT;
use vestibule_core::Environment;
use vestibule_database::search::{Searched, fold_rows};
use vestibule_database::{Database, Error, MigrationError, Migrations, transaction};
use vestibule_rbac::{RbacModule, RoleId};

use crate::queries::subjects_before_roles::subjects_before_roles;

/// The tables of every module that the flows need.
pub const MIGRATIONS: [Migrations; 5] = [
    vestibule_outbox::MIGRATIONS,
    AUDIT,
    vestibule_user::MIGRATIONS,
    vestibule_auth::MIGRATIONS,
    vestibule_rbac::MIGRATIONS,
];

/// What is searched. Rows of builds from before there were accents to ignore are prepared for it when a process starts.
const SEARCHED: [Searched; 5] = [
    vestibule_user::users::SEARCHED,
    vestibule_user::invites::SEARCHED,
    vestibule_auth::api_keys::SEARCHED,
    vestibule_rbac::roles::SEARCHED,
    vestibule_rbac::policies::SEARCHED,
];

/// Brings the tables of every module up to date, creates the built-in policies and role, and prepares what is searched.
/// Indexes that take long are not built, see [`Database::build_indexes`]. Returns the number of steps of migration that this call did.
///
/// Before there were roles, everyone could do everything: existing users and open invites then receive the role that
/// may.
///
/// # Errors
///
/// [`MigrationError`].
pub async fn set_up(database: &Database, environment: &Environment) -> Result<usize, MigrationError> {
    let steps = database.migrate(&MIGRATIONS).await?;
    if !vestibule_outbox::positions::are_events_ordered(database).await? {
        return Err(MigrationError::Engine { lacks: "sequences without a cache, by which events keep their order" });
    }
    let rbac = RbacModule::new(database.clone(), environment.clone());
    let done: Result<(), Error> = transaction!(database, |transaction| {
        if rbac.ensure_builtin_within(transaction).await? {
            let subjects = subjects_before_roles(transaction).await?;
            rbac.assign_role_to_all_within(transaction, &RoleId::super_admin(), &subjects).await?;
        }
        Ok(())
    });
    done?;
    for searched in SEARCHED {
        let folded = fold_rows(database, searched).await?;
        if folded > 0 {
            tracing::info!(table = searched.table, rows = folded, "rows were prepared for searches");
        }
    }
    Ok(steps)
}
