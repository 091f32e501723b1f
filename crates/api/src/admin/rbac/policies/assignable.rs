//! `GET /admin/rbac/policies/assignable`

use axum::response::Response;
use serde_json::{Value as Json, json};

use super::LISTING;
use crate::request::{FindRequest, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the policies that the caller can grant.
#[utoipa::path(
    get, path = "/admin/rbac/policies/assignable", operation_id = "list_assignable_policies", tag = "roles",
    params(schemas::ListParameters),
    responses((status = 200, body = schemas::roles::AssignablePolicies), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn assignable(state: State, caller: Authorized, query: Query) -> Result<Response, Problem> {
    let FindRequest { filter, find, limit, offset, .. } = LISTING.read(&query)?;
    let (policies, count) =
        state.flows.rbac().list_and_count_assignable_rbac_policies(&filter, &find, &caller.permissions).await?;
    let policies: Vec<Json> = policies
        .iter()
        .map(|policy| {
            json!({
                "id": policy.id,
                "key": policy.key,
                "resource": policy.resource,
                "operation": policy.operation,
                "description": policy.description,
            })
        })
        .collect();
    Ok(respond::json(&json!({ "policies": policies, "count": count, "offset": offset, "limit": limit })))
}
