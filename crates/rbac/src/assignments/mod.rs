//! Assignments: who has which role. A subject is a user, an invite (for whoever accepts it) or an API key, by its id.

mod assign;
mod find;
mod of_many;
mod remove;

use vestibule_core::DomainError;
use vestibule_database::Error;

use crate::RoleId;

/// Roles that were named, and are not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
#[error("The following role IDs do not exist: {}", .ids.join(", "))]
#[kind(InvalidData)]
pub struct UnknownRoles {
    /// What was named.
    pub ids: Vec<String>,
}

/// Why somebody did not get roles. He has those that he had.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum AssignRolesError {
    /// Some of them are not there.
    #[error(transparent)]
    Roles(#[from] UnknownRoles),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Reads ids of roles. Text that is none is the id of no role.
///
/// # Errors
///
/// [`UnknownRoles`].
pub fn read_role_ids(texts: &[String]) -> Result<Vec<RoleId>, UnknownRoles> {
    let unknown: Vec<String> = texts.iter().filter(|text| text.parse::<RoleId>().is_err()).cloned().collect();
    match unknown.is_empty() {
        true => Ok(texts.iter().filter_map(|text| text.parse().ok()).collect()),
        false => Err(UnknownRoles { ids: unknown }),
    }
}
