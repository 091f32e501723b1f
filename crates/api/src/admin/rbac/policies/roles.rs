//! `GET /admin/rbac/policies/{id}/roles`

use axum::response::Response;
use serde_json::{Value as Json, json};

use crate::request::{Parameters, Path, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// How many users of each role the response has.
const USERS: u64 = 100;

/// Lists the roles that have a policy of their own, and their users.
#[utoipa::path(
    get, path = "/admin/rbac/policies/{id}/roles", operation_id = "list_policy_roles", tag = "roles",
    params(("id" = String, Path), schemas::roles::PageParameters),
    responses((status = 200, body = schemas::roles::RolesOfPolicy), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn roles(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(&query);
    // Accepted as on the other routes, and ignored: this list has one form.
    parameters.text("fields");
    let (offset, limit) = (parameters.count("offset", 0), parameters.limit(10));
    let (offset, limit) = parameters.finish((offset, limit))?;
    let policy = state.flows.rbac().retrieve_rbac_policy(&super::id(&id)?).await?;
    let all = state.flows.rbac().roles_with_policy(state.flows.database(), &policy.id).await?;
    let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let mut roles = Vec::new();
    for role in all.iter().skip(size(offset)).take(size(limit)) {
        let (users, _) = state.flows.list_and_count_ids_of_users_of_role(&role.id, None, 0, USERS).await?;
        let users: Vec<Json> = users.iter().map(|id| json!({ "id": id })).collect();
        roles.push(json!({
            "id": role.id,
            "name": role.name,
            "description": role.description,
            "created_at": role.created_at,
            "updated_at": role.updated_at,
            "users": users,
        }));
    }
    Ok(respond::json(&json!({ "roles": roles, "count": all.len(), "offset": offset, "limit": limit })))
}
