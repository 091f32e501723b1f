//! `DELETE /admin/users/{id}/roles`

use axum::response::Response;
use serde_json::json;
use vestibule_rbac::RoleId;

use crate::admin::users;
use crate::request::{NonEmpty, Path, RawBody, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Removes roles from a user.
    pub(crate) struct RemoveRolesBody {
        /// The ids of the roles.
        roles: NonEmpty<String>,
    }
}

/// Removes roles from a user. The caller must have every policy that they grant.
#[utoipa::path(
    delete, path = "/admin/users/{id}/roles", operation_id = "remove_user_roles", tag = "users",
    params(("id" = String, Path)), request_body = RemoveRolesBody,
    responses((status = 200, body = schemas::roles::DeletedMany), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn remove(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: RemoveRolesBody = body.read()?;
    let ids = Vec::from(body.roles);
    if let Ok(user) = users::id(&id) {
        // Text that is not an id matches no role.
        let roles: Vec<RoleId> = ids.iter().filter_map(|id: &String| id.parse().ok()).collect();
        state.flows.remove_roles(user, &roles, &caller.context).await?;
    }
    Ok(respond::json(&json!({ "ids": ids, "object": "user_role", "deleted": true })))
}
