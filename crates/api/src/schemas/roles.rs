//! Roles and policies.

use utoipa::{IntoParams, ToSchema};

use super::User;

/// A named set of policies.
#[derive(ToSchema)]
pub(crate) struct Role {
    #[schema(example = "role_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    name: String,
    description: Option<String>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// Whether its users must have a second factor.
    requires_mfa: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// Its policies, its own before inherited ones; with `*policies` in `fields`.
    #[schema(required = false, nullable = false)]
    policies: Option<Vec<HeldPolicy>>,
    /// The roles from which it inherits; with `*parents` in `fields`.
    #[schema(required = false, nullable = false)]
    parents: Option<Vec<RelatedRole>>,
    /// Its users, at most 100; with `*users` in `fields`, for callers who may read users.
    #[schema(required = false, nullable = false)]
    users: Option<Vec<RelatedUser>>,
}

/// A role of a user, an invite or another role, with the selected fields.
#[derive(ToSchema)]
pub(crate) struct RelatedRole {
    id: String,
    #[schema(required = false, nullable = false)]
    name: Option<String>,
    #[schema(required = false)]
    description: Option<String>,
    #[schema(required = false)]
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    #[schema(required = false, nullable = false)]
    requires_mfa: Option<bool>,
    #[schema(required = false, nullable = false, format = DateTime)]
    created_at: Option<String>,
    #[schema(required = false, nullable = false, format = DateTime)]
    updated_at: Option<String>,
    #[schema(required = false, format = DateTime)]
    deleted_at: Option<String>,
    #[schema(required = false, nullable = false)]
    policies: Option<Vec<HeldPolicy>>,
    #[schema(required = false, nullable = false, no_recursion)]
    parents: Option<Vec<RelatedRole>>,
    #[schema(required = false, nullable = false, no_recursion)]
    users: Option<Vec<RelatedUser>>,
}

/// A user of a role, with the selected fields.
#[derive(ToSchema)]
pub(crate) struct RelatedUser {
    id: String,
    #[schema(required = false)]
    first_name: Option<String>,
    #[schema(required = false)]
    last_name: Option<String>,
    #[schema(required = false, nullable = false, format = "email")]
    email: Option<String>,
    #[schema(required = false)]
    avatar_url: Option<String>,
    #[schema(required = false)]
    phone: Option<String>,
    #[schema(required = false)]
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    #[schema(required = false, format = DateTime)]
    locked_at: Option<String>,
    #[schema(required = false, nullable = false, format = DateTime)]
    created_at: Option<String>,
    #[schema(required = false, nullable = false, format = DateTime)]
    updated_at: Option<String>,
    #[schema(required = false, format = DateTime)]
    deleted_at: Option<String>,
    #[schema(required = false, nullable = false, no_recursion)]
    rbac_roles: Option<Vec<RelatedRole>>,
}

/// A policy of a role.
#[derive(ToSchema)]
pub(crate) struct HeldPolicy {
    id: String,
    #[schema(required = false, nullable = false, example = "user:read")]
    key: Option<String>,
    #[schema(required = false, nullable = false)]
    resource: Option<String>,
    #[schema(required = false, nullable = false)]
    operation: Option<String>,
    #[schema(required = false)]
    name: Option<String>,
    #[schema(required = false)]
    description: Option<String>,
    #[schema(required = false)]
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    #[schema(required = false, nullable = false, format = DateTime)]
    created_at: Option<String>,
    #[schema(required = false, nullable = false, format = DateTime)]
    updated_at: Option<String>,
    /// The ancestor from which the role inherits it; null for its own.
    #[schema(required = false)]
    inherited_from_role_id: Option<String>,
}

/// A permission for an operation on a resource.
#[derive(ToSchema)]
pub(crate) struct Policy {
    #[schema(example = "rpol_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    /// Resource and operation, joined by a colon.
    #[schema(example = "user:read")]
    key: String,
    #[schema(example = "user")]
    resource: String,
    #[schema(example = "read")]
    operation: String,
    name: Option<String>,
    description: Option<String>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
}

#[derive(ToSchema)]
pub(crate) struct OneRole {
    role: Role,
}

#[derive(ToSchema)]
pub(crate) struct Roles {
    roles: Vec<Role>,
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

/// All roles of the user after the change.
#[derive(ToSchema)]
pub(crate) struct RolesOfUser {
    roles: Vec<Role>,
}

#[derive(ToSchema)]
pub(crate) struct AssignableRoles {
    roles: Vec<AssignableRole>,
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

/// A role that the caller can grant.
#[derive(ToSchema)]
pub(crate) struct AssignableRole {
    id: String,
    name: String,
    description: Option<String>,
}

#[derive(ToSchema)]
pub(crate) struct OnePolicy {
    policy: Policy,
}

#[derive(ToSchema)]
pub(crate) struct Policies {
    policies: Vec<Policy>,
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct AssignablePolicies {
    policies: Vec<AssignablePolicy>,
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

/// A policy that the caller can grant.
#[derive(ToSchema)]
pub(crate) struct AssignablePolicy {
    id: String,
    #[schema(example = "user:read")]
    key: String,
    resource: String,
    operation: String,
    description: Option<String>,
}

/// The link between a role and a policy.
#[derive(ToSchema)]
pub(crate) struct RolePolicy {
    #[schema(example = "rlpl_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    role_id: String,
    policy_id: String,
    policy: PolicyOfRole,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
}

/// The policy's id; all fields with `*policy` in `fields`.
#[derive(ToSchema)]
pub(crate) struct PolicyOfRole {
    id: String,
    #[schema(required = false, nullable = false, example = "user:read")]
    key: Option<String>,
    #[schema(required = false, nullable = false)]
    resource: Option<String>,
    #[schema(required = false, nullable = false)]
    operation: Option<String>,
    #[schema(required = false)]
    name: Option<String>,
    #[schema(required = false)]
    description: Option<String>,
    #[schema(required = false)]
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    #[schema(required = false, nullable = false, format = DateTime)]
    created_at: Option<String>,
    #[schema(required = false, nullable = false, format = DateTime)]
    updated_at: Option<String>,
    #[schema(required = false, format = DateTime)]
    deleted_at: Option<String>,
}

#[derive(ToSchema)]
pub(crate) struct RolePolicies {
    policies: Vec<RolePolicy>,
    count: u64,
    offset: u64,
    limit: u64,
}

/// The policies that were added.
#[derive(ToSchema)]
pub(crate) struct AddedRolePolicies {
    policies: Vec<RolePolicy>,
}

#[derive(ToSchema)]
pub(crate) struct RemovedRolePolicy {
    /// Absent where the policy was not the role's own.
    #[schema(required = false, nullable = false)]
    id: Option<String>,
    #[schema(example = "rbac_role_policy")]
    object: String,
    #[schema(example = true)]
    deleted: bool,
}

/// The users of the role.
#[derive(ToSchema)]
pub(crate) struct UsersOfRole {
    users: Vec<User>,
}

#[derive(ToSchema)]
pub(crate) struct DeletedMany {
    ids: Vec<String>,
    #[schema(example = "role_user")]
    object: String,
    #[schema(example = true)]
    deleted: bool,
}

#[derive(ToSchema)]
pub(crate) struct RolesOfPolicy {
    roles: Vec<RoleOfPolicy>,
    /// How many have the policy.
    count: u64,
    offset: u64,
    limit: u64,
}

/// A role with a policy of its own.
#[derive(ToSchema)]
pub(crate) struct RoleOfPolicy {
    id: String,
    name: String,
    description: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// The users of the role, at most 100.
    users: Vec<UserOfRole>,
}

#[derive(ToSchema)]
pub(crate) struct UserOfRole {
    id: String,
}

#[derive(ToSchema)]
pub(crate) struct MyPermissions {
    /// Sorted; a wildcard is expanded to every policy that it covers.
    #[schema(example = json!(["invite:read", "user:read"]))]
    permissions: Vec<String>,
}

#[derive(ToSchema)]
pub(crate) struct OneExplanation {
    explanation: Explanation,
}

/// Why a user has a permission, or lacks it.
#[derive(ToSchema)]
pub(crate) struct Explanation {
    user_id: String,
    #[schema(example = "user:read")]
    policy: String,
    /// Whether the user has the permission. A locked user has none.
    allowed: bool,
    locked: bool,
    /// The user's own roles.
    roles: Vec<NamedRole>,
    /// The roles that grant the policy; empty if none does.
    reasons: Vec<Reason>,
}

#[derive(ToSchema)]
pub(crate) struct NamedRole {
    id: String,
    name: String,
}

/// A role that grants a permission.
#[derive(ToSchema)]
pub(crate) struct Reason {
    role: NamedRole,
    /// The ancestor from which that role inherits the policy; null for its own.
    inherited_from: Option<NamedRole>,
    policy_id: String,
    /// The policy, which may have wildcards.
    #[schema(example = "user:*")]
    policy: String,
}

/// The permission to explain.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplainParameters {
    /// The user.
    user_id: String,
    /// The policy, as `resource:operation`.
    #[param(example = "user:read")]
    policy: String,
}

/// The page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// The most rows to return.
    #[param(required = false, minimum = 0)]
    limit: u64,
    /// How many rows to skip.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// `id,email` selects only these, `+metadata` adds a field, `-metadata` removes one.
    #[param(required = false)]
    fields: String,
}

/// A user of the role.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserParameter {
    /// Only this user; several as `user_id[]=…`.
    #[param(required = false)]
    user_id: String,
}
