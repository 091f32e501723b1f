//! `DELETE /admin/rbac/roles/{id}/policies/{policy_id}`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_rbac::{PolicyId, RolePolicyId};

use crate::admin::rbac::roles;
use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

#[derive(Serialize, ToSchema)]
pub(crate) struct RemovedRolePolicy {
    /// Absent where the policy was not the role's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<RolePolicyId>,
    #[schema(example = "rbac_role_policy")]
    object: &'static str,
    #[schema(example = true)]
    deleted: bool,
}

/// Removes a policy from a role. The caller must have it.
#[describe(operation("remove_role_policy", "roles").errors(["404"]))]
pub(crate) async fn remove(
    state: State,
    caller: Authorized,
    Path((id, policy)): Path<(String, String)>,
) -> Reply<RemovedRolePolicy> {
    let mut body = RemovedRolePolicy { id: None, object: "rbac_role_policy", deleted: true };
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    // Removing a policy that the role does not have succeeds.
    if let Ok(policy) = policy.parse::<PolicyId>() {
        body.id = state.flows.remove_role_policy(&role.id, &policy, &caller.context).await?;
    }
    Ok(respond::json(&body))
}
