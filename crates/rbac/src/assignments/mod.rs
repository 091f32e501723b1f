//! Assignments: who has which role. A subject is a user, an invite (for the user who accepts it) or an API key, by its
//! id.

mod assign;
mod count;
mod find;
mod import;
mod of_many;
mod remove;

use vestibule_core::DomainError;
use vestibule_database::Error;

pub use self::count::COUNTS;
use crate::RoleId;

/// Given roles that do not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
#[error("The following role IDs do not exist: {}", .ids.join(", "))]
#[kind(InvalidData)]
pub struct UnknownRoles {
    /// The ids that were given.
    pub ids: Vec<String>,
}

/// Why a subject was not given roles. Its roles are unchanged.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum AssignRolesError {
    /// Some of them do not exist.
    #[error(transparent)]
    Roles(#[from] UnknownRoles),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Parses ids of roles. Text that is no id is treated as the id of no role.
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
