//! `/admin/users`.

pub(crate) mod auth_providers;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod email;
pub(crate) mod export;
pub(crate) mod failed_attempts;
pub(crate) mod identities;
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

use vestibule_core::{Field, FindConfig};
use vestibule_database::Error;
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{User, UserField, UserId};

use vestibule_web::State;

/// Parses the id in a path. Other text is reported as an unknown user.
pub(in crate::admin) fn id(text: &str) -> Result<UserId, RetrieveUserError> {
    text.parse().map_err(|_| RetrieveUserError::NotFound { id: text.to_owned() })
}

/// Returns the users with these ids that still exist, in any order.
pub(crate) async fn by_ids(state: State, ids: Vec<String>) -> Result<Vec<User>, Error> {
    let find = FindConfig::default().with_deleted();
    state.flows.users().list_users(&UserField::Id.is_in(ids), &find).await
}
