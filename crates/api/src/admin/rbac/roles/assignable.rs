//! `GET /admin/rbac/roles/assignable`

use axum::response::Response;
use serde_json::{Value as Json, json};

use super::LISTING;
use crate::request::{FindRequest, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the roles that the caller can grant.
#[utoipa::path(
    get, path = "/admin/rbac/roles/assignable", operation_id = "list_assignable_roles", tag = "roles",
    params(schemas::ListParameters),
    responses((status = 200, body = schemas::roles::AssignableRoles), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn assignable(state: State, caller: Authorized, query: Query) -> Result<Response, Problem> {
    let FindRequest { filter, find, limit, offset, .. } = LISTING.read(&query)?;
    let (roles, count) =
        state.flows.rbac().list_and_count_assignable_rbac_roles(&filter, &find, &caller.permissions).await?;
    let roles: Vec<Json> =
        roles.iter().map(|role| json!({ "id": role.id, "name": role.name, "description": role.description })).collect();
    Ok(respond::json(&json!({ "roles": roles, "count": count, "offset": offset, "limit": limit })))
}
