//! API keys with their roles: what a program may do is decided as for a user, by the roles that its key has.
//!
//! Nobody makes a key that may do what he may not (security.md 5). Afterwards a key is on its own: it keeps its roles
//! when whoever made it loses his, or is gone, so that programs go on. Keys are found by who made them.

mod create;
mod list;
mod of_user;
mod revoke;
mod update;

use serde::Serialize;
use vestibule_auth::api_keys::{DeleteApiKeyError, RetrieveApiKeyError, RevokeApiKeyError, UpdateApiKeyError};
use vestibule_core::DomainError;
use vestibule_database::Error;
use vestibule_rbac::RoleId;

pub use self::create::{CreateKeyError, NewApiKey};
pub use self::of_user::TheirKeys;
use crate::GrantError;

/// Why a key stayed as it was.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum ChangeKeyError {
    /// There is no such key.
    #[error(transparent)]
    Retrieve(#[from] RetrieveApiKeyError),
    /// It cannot have this title.
    #[error(transparent)]
    Update(#[from] UpdateApiKeyError),
    /// It cannot be revoked.
    #[error(transparent)]
    Revoke(#[from] RevokeApiKeyError),
    /// It cannot be deleted.
    #[error(transparent)]
    Delete(#[from] DeleteApiKeyError),
    /// It may do more than the caller.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A key, or one that was just made, with its roles. Serialized as one object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WithRoles<T> {
    /// The key.
    #[serde(flatten)]
    pub key: T,
    /// The ids of its roles.
    pub roles: Vec<RoleId>,
}
