//! `GET /admin/rbac/roles/{id}/policies`

use axum::response::Response;
use serde_json::json;

use crate::admin::rbac::roles;
use crate::request::{Parameters, Path, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the role's own policies.
#[utoipa::path(
    get, path = "/admin/rbac/roles/{id}/policies", operation_id = "list_role_policies", tag = "roles",
    params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::roles::RolePolicies), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(&query);
    parameters.text("fields");
    parameters.finish(())?;
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    let held = state.flows.rbac().list_rbac_role_policies(state.flows.database(), &role.id).await?;
    let policies = super::format(&state, &held, &query).await?;
    let count = policies.len();
    Ok(respond::json(&json!({ "policies": policies, "count": count, "offset": 0, "limit": count })))
}
