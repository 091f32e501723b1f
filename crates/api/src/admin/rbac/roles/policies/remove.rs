//! `DELETE /admin/rbac/roles/{id}/policies/{policy_id}`

use axum::response::Response;
use serde_json::{Map, json};
use vestibule_rbac::PolicyId;

use crate::admin::rbac::roles;
use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Removes a policy from a role. The caller must have it.
#[utoipa::path(
    delete, path = "/admin/rbac/roles/{id}/policies/{policy_id}", operation_id = "remove_role_policy", tag = "roles",
    params(("id" = String, Path), ("policy_id" = String, Path)),
    responses((status = 200, body = schemas::roles::RemovedRolePolicy), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn remove(
    state: State,
    caller: Authorized,
    Path((id, policy)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let mut body = Map::new();
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    // Removing a policy that the role does not have succeeds.
    if let Ok(policy) = policy.parse::<PolicyId>()
        && let Some(held) = state.flows.remove_role_policy(&role.id, &policy, &caller.context).await?
    {
        body.insert("id".into(), json!(held));
    }
    body.insert("object".into(), json!("rbac_role_policy"));
    body.insert("deleted".into(), json!(true));
    Ok(respond::json(&body))
}
