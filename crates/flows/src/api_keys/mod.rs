//! API keys with their roles, which decide what a program may do, as they do for a user.
//!
//! A caller cannot create a key that may do more than they may (security.md 5). A key keeps its roles when its creator
//! loses theirs or is deleted. Keys can be listed by creator.

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

/// Why a key was not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ChangeKeyError {
    /// There is no such key.
    #[error(transparent)]
    Retrieve(#[from] RetrieveApiKeyError),
    /// The title is invalid.
    #[error(transparent)]
    Update(#[from] UpdateApiKeyError),
    /// It cannot be revoked.
    #[error(transparent)]
    Revoke(#[from] RevokeApiKeyError),
    /// It cannot be deleted.
    #[error(transparent)]
    Delete(#[from] DeleteApiKeyError),
    /// The key may do more than the caller.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The key of a program, or a publishable one, with its roles.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ApiKey))]
pub struct WithRoles<T> {
    /// The key.
    #[serde(flatten)]
    pub key: T,
    /// The ids of its roles.
    pub roles: Vec<RoleId>,
}
