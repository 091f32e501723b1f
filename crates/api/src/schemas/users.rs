//! Users, and how often somebody has tried to come in as one.

use utoipa::{IntoParams, ToSchema};

use super::Invite;
use super::roles::RelatedRole;

/// Somebody who is in.
#[derive(ToSchema)]
pub(crate) struct User {
    #[schema(example = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    #[schema(format = "email")]
    email: String,
    avatar_url: Option<String>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// Since when an administrator keeps the user out.
    #[schema(format = DateTime)]
    locked_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// The user's roles, in the order in which they were given; where `fields` asks for `*rbac_roles`, of oneself, or for
    /// callers who may read roles.
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
    /// Where one was asked for.
    invite: Option<Invite>,
}

#[derive(ToSchema)]
pub(crate) struct Users {
    users: Vec<User>,
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct FailedAttempts {
    failed_attempts: Attempts,
}

/// Where the tries to come in as somebody stand.
#[derive(ToSchema)]
pub(crate) struct Attempts {
    /// Tries that count at present.
    failed: u32,
    /// How many are evaluated before everybody has to wait; 0 for any number.
    most: u32,
    /// When they are forgotten.
    #[schema(format = DateTime)]
    forgotten_at: Option<String>,
    /// Whether the next one is refused.
    blocked: bool,
}

/// What becomes of the API keys that the user has made.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeysParameter {
    /// Whether they are revoked at the same time, which needs `api_key:update`. Without it they go on.
    #[param(required = false)]
    revoke_api_keys: bool,
}
