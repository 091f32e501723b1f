//! Roles, as far as they are there.

use super::Failure;

/// The role that every user has until roles arrive.
const SUPER_ADMIN: &str = "role_super_admin";

/// Refuses roles that nobody can have yet.
pub(super) fn check(roles: &[String]) -> Result<(), Failure> {
    match roles.iter().find(|role| *role != SUPER_ADMIN) {
        Some(role) => Err(Failure::wrong(format!(
            "there is no role {role}: roles have not arrived yet, every user is a super admin; leave --role out"
        ))),
        None => Ok(()),
    }
}
