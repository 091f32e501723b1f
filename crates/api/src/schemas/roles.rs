//! Roles and policies.

use utoipa::{IntoParams, ToSchema};

use super::User;

/// Policies under one name.
#[derive(ToSchema)]
pub(crate) struct Role {
    #[schema(example = "role_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    name: String,
    description: Option<String>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// Whether whoever has it must have a second factor.
    requires_mfa: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// What it allows, its own policies first; where `fields` asks for `*policies`.
    #[schema(required = false, nullable = false)]
    policies: Option<Vec<HeldPolicy>>,
    /// The roles whose policies it has as well; where `fields` asks for `*parents`.
    #[schema(required = false, nullable = false)]
    parents: Option<Vec<RelatedRole>>,
    /// The users who have it, at most 1000; where `fields` asks for `*users`, for callers who may read users.
    #[schema(required = false, nullable = false)]
    users: Option<Vec<RelatedUser>>,
}

/// A role that relates to a user, an invite or another role: as much of it as `fields` asks for.
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

/// A user who has a role: as much of the user as `fields` asks for.
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
    /// The ancestor from which the role has it; null where it has it itself.
    #[schema(required = false)]
    inherited_from_role_id: Option<String>,
}

/// Something that may be done.
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
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

/// All roles that the user has now.
#[derive(ToSchema)]
pub(crate) struct RolesOfUser {
    roles: Vec<Role>,
}

#[derive(ToSchema)]
pub(crate) struct AssignableRoles {
    roles: Vec<AssignableRole>,
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

/// A role that whoever asks could give.
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
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct AssignablePolicies {
    policies: Vec<AssignablePolicy>,
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

/// A policy that whoever asks could give.
#[derive(ToSchema)]
pub(crate) struct AssignablePolicy {
    id: String,
    #[schema(example = "user:read")]
    key: String,
    resource: String,
    operation: String,
    description: Option<String>,
}

/// That a policy is a role's.
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

/// The policy's id; all of it where `fields` asks for `*policy`.
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

/// What was added.
#[derive(ToSchema)]
pub(crate) struct AddedRolePolicies {
    policies: Vec<RolePolicy>,
}

#[derive(ToSchema)]
pub(crate) struct RemovedRolePolicy {
    /// Absent where the role did not have the policy itself.
    #[schema(required = false, nullable = false)]
    id: Option<String>,
    #[schema(example = "rbac_role_policy")]
    object: String,
    #[schema(example = true)]
    deleted: bool,
}

/// The users who have the role.
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
    /// How many have the policy in all.
    count: u64,
    offset: u64,
    limit: u64,
}

/// A role that has a policy itself.
#[derive(ToSchema)]
pub(crate) struct RoleOfPolicy {
    id: String,
    name: String,
    description: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Who has the role, 100 users at most.
    users: Vec<UserOfRole>,
}

#[derive(ToSchema)]
pub(crate) struct UserOfRole {
    id: String,
}

#[derive(ToSchema)]
pub(crate) struct MyPermissions {
    /// Sorted; a wildcard is every policy there is that it covers.
    #[schema(example = json!(["invite:read", "user:read"]))]
    permissions: Vec<String>,
}

#[derive(ToSchema)]
pub(crate) struct OneExplanation {
    explanation: Explanation,
}

/// Why somebody may do something, or may not.
#[derive(ToSchema)]
pub(crate) struct Explanation {
    user_id: String,
    #[schema(example = "user:read")]
    policy: String,
    /// Whether he may. Whoever is locked may do nothing.
    allowed: bool,
    locked: bool,
    /// The roles that he has himself.
    roles: Vec<NamedRole>,
    /// By which of them he has the policy; empty where he has not.
    reasons: Vec<Reason>,
}

#[derive(ToSchema)]
pub(crate) struct NamedRole {
    id: String,
    name: String,
}

/// One reason why somebody may do something.
#[derive(ToSchema)]
pub(crate) struct Reason {
    role: NamedRole,
    /// The ancestor from which that role has the policy; null where it has it itself.
    inherited_from: Option<NamedRole>,
    policy_id: String,
    /// The policy, which may have wildcards.
    #[schema(example = "user:*")]
    policy: String,
}

/// What is to be explained.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplainParameters {
    /// Who.
    user_id: String,
    /// What, as `resource:operation`.
    #[param(example = "user:read")]
    policy: String,
}

/// A page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// How many rows at most.
    #[param(required = false, minimum = 0)]
    limit: u64,
    /// How many rows are passed over.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// `id,email` shows these alone, `+metadata` adds, `-metadata` takes away.
    #[param(required = false)]
    fields: String,
}

/// One of the users.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserParameter {
    /// This user alone; several as `user_id[]=…`.
    #[param(required = false)]
    user_id: String,
}
