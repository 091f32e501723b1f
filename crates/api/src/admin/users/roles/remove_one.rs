//! `DELETE /admin/users/{id}/roles/{role_id}`

use axum::response::Response;

use crate::admin::rbac::roles;
use crate::admin::users;
use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Removes a role from a user. The caller must have every policy that it grants.
#[utoipa::path(
    delete, path = "/admin/users/{id}/roles/{role_id}", operation_id = "remove_user_role", tag = "users",
    params(("id" = String, Path), ("role_id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn remove_one(
    state: State,
    caller: Authorized,
    Path((id, role)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let present = state.flows.rbac().retrieve_rbac_role(&roles::id(&role)?).await?;
    // Text that is not an id matches no user.
    if let Ok(user) = users::id(&id) {
        state.flows.remove_roles(user, &[present.id], &caller.context).await?;
    }
    Ok(respond::deleted(&role, "user_role"))
}
