//! Roles, as they are named on the command line.

use vestibule::rbac::RoleId;

use super::Failure;

/// Reads the ids of roles; nothing where none is named.
pub(super) fn read(roles: &[String]) -> Result<Option<Vec<RoleId>>, Failure> {
    if roles.is_empty() {
        return Ok(None);
    }
    let ids = roles.iter().map(|role| role.parse::<RoleId>().map_err(|error| Failure::wrong(error.to_string())));
    ids.collect::<Result<_, _>>().map(Some)
}
