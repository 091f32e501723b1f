//! Making the tables of all modules, and what has to be in them from the start.

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

/// Brings the tables of every module up to date, and puts the policies and the role there that are built in.
///
/// Where there were no roles before, everybody could do everything: whoever is there, and whoever is invited, is then
/// given the role that may.
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
