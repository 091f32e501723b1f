//! API keys with their roles: what a program may do is decided as for a user, by the roles that its key has.
//!
//! Nobody makes a key that may do what he may not (security.md 5). Afterwards a key is on its own: it keeps its roles
//! when whoever made it loses his, or is gone, so that programs go on. Keys are found by who made them.

mod create;
mod list;
mod revoke;
mod update;

use serde::Serialize;
use vestibule_rbac::RoleId;

pub use self::create::{CreateKeyError, NewApiKey};

/// A key, or one that was just made, with its roles. Serialized as one object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WithRoles<T> {
    /// The key.
    #[serde(flatten)]
    pub key: T,
    /// The ids of its roles.
    pub roles: Vec<RoleId>,
}
