//! Users, and their failed sign-ins.

use utoipa::{IntoParams, ToSchema};

use super::Invite;
use super::roles::RelatedRole;

/// A user.
#[derive(ToSchema)]
pub(crate) struct User {
    #[schema(example = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    #[schema(format = "email")]
    email: String,
    avatar_url: Option<String>,
    /// The telephone number, as the user writes it.
    #[schema(example = "+44 20 7946 0000")]
    phone: Option<String>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// When an administrator locked the user.
    #[schema(format = DateTime)]
    locked_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// The user's roles, in the order in which they were granted; with `*rbac_roles` in `fields`, for the user themselves
    /// and for callers who may read roles.
    #[schema(required = false, nullable = false)]
    rbac_roles: Option<Vec<RelatedRole>>,
}

#[derive(ToSchema)]
pub(crate) struct OneUser {
    user: User,
}

#[derive(ToSchema)]
pub(crate) struct CreatedUser {
    user: User,
    /// Present if requested.
    invite: Option<Invite>,
}

#[derive(ToSchema)]
pub(crate) struct Users {
    users: Vec<User>,
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct FailedAttempts {
    failed_attempts: Attempts,
}

/// The failed tries to sign in as a user.
#[derive(ToSchema)]
pub(crate) struct Attempts {
    /// Tries that count now.
    failed: u32,
    /// How many are accepted before further ones must wait; 0 for no limit.
    most: u32,
    /// When they no longer count.
    #[schema(format = DateTime)]
    forgotten_at: Option<String>,
    /// Whether the next one is refused.
    blocked: bool,
}

/// What happens to the API keys that the user created.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeysParameter {
    /// Whether to revoke them, which requires `api_key:update`. By default they keep working.
    #[param(required = false)]
    revoke_api_keys: bool,
}
