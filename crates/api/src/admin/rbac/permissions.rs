//! `GET /admin/rbac/me/permissions`

use axum::response::Response;

use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the caller's permissions.
#[utoipa::path(
    get, path = "/admin/rbac/me/permissions", operation_id = "list_my_permissions", tag = "roles",
    responses((status = 200, body = schemas::roles::MyPermissions), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn permissions(state: State, caller: Authorized) -> Result<Response, Problem> {
    let permissions = state.flows.rbac().spell_out(state.flows.database(), &caller.permissions).await?;
    Ok(respond::whole("permissions", &permissions))
}
