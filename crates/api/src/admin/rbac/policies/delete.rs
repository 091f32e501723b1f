//! `DELETE /admin/rbac/policies/{id}`

use axum::response::Response;

use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes a policy, and removes it from every role.
#[utoipa::path(
    delete, path = "/admin/rbac/policies/{id}", operation_id = "delete_policy", tag = "roles",
    params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(state: State, caller: Authorized, Path(id): Path<String>) -> Result<Response, Problem> {
    // As in the reference, deleting an unknown id succeeds; so does text that is not an id.
    if let Ok(policy) = super::id(&id) {
        state.flows.delete_policy(&policy, &caller.context).await?;
    }
    Ok(respond::deleted(&id, "rbac_policy"))
}
