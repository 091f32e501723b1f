//! `/admin/users`.

pub(crate) mod auth_providers;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod failed_attempts;
mod keys;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod me;
pub(crate) mod mfa;
pub(crate) mod reset_password;
pub(crate) mod retrieve;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod update;

use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

/// Reads the id of a path. What is no user's id is the id of nobody.
pub(in crate::admin) fn id(text: &str) -> Result<UserId, RetrieveUserError> {
    text.parse().map_err(|_| RetrieveUserError::NotFound { id: text.to_owned() })
}
