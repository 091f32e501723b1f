//! Creating the tables of all modules, and their initial content.

use vestibule_audit::MIGRATIONS as AUDIT;
use vestibule_core::Environment;
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

/// Brings the tables of every module up to date, and creates the built-in policies and role.
///
/// Before there were roles, everyone could do everything: existing users and open invites then receive the role that
/// may.
///
/// # Errors
///
/// [`MigrationError`].
pub async fn set_up(database: &Database, environment: &Environment) -> Result<(), MigrationError> {
    database.migrate(&MIGRATIONS).await?;
    let rbac = RbacModule::new(database.clone(), environment.clone());
    let done: Result<(), Error> = transaction!(database, |transaction| {
        if rbac.ensure_builtin_within(transaction).await? {
            let subjects = subjects_before_roles(transaction).await?;
            rbac.assign_role_to_all_within(transaction, &RoleId::super_admin(), &subjects).await?;
        }
        Ok(())
    });
    Ok(done?)
}
