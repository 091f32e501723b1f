//! `DELETE /admin/rbac/roles/{id}/users`

use axum::response::Response;
use serde_json::json;
use vestibule_user::UserId;

use crate::admin::rbac::roles;
use crate::request::{NonEmpty, Path, RawBody, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Removes users from a role.
    pub(crate) struct RemoveUsersBody {
        /// The ids of the users.
        users: NonEmpty<String>,
    }
}

/// Removes users from a role. The caller must have every policy that it grants.
#[utoipa::path(
    delete, path = "/admin/rbac/roles/{id}/users", operation_id = "remove_role_users", tag = "roles",
    params(("id" = String, Path)), request_body = RemoveUsersBody,
    responses((status = 200, body = schemas::roles::DeletedMany), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn remove(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: RemoveUsersBody = body.read()?;
    let ids = Vec::from(body.users);
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    // Text that is not an id matches no user.
    let users: Vec<UserId> = ids.iter().filter_map(|id: &String| id.parse().ok()).collect();
    state.flows.remove_role_from_users(&role.id, &users, &caller.context).await?;
    Ok(respond::json(&json!({ "ids": ids, "object": "role_user", "deleted": true })))
}
