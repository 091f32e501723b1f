//! `DELETE /admin/rbac/policies/{id}`

use axum::response::Response;

use crate::api::State;
use crate::caller::Admitted;
use crate::request::Path;
use crate::{ApiError, respond, schemas};

/// Deletes a policy: no role has it any more.
#[utoipa::path(
    delete, path = "/admin/rbac/policies/{id}", operation_id = "delete_policy", tag = "roles",
    params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(state: State, asker: Admitted, Path(id): Path<String>) -> Result<Response, ApiError> {
    // What is no policy's id is the id of none, and none is gone already.
    if let Ok(policy) = super::id(&id) {
        state.flows.delete_policy(&policy, &asker.by).await?;
    }
    Ok(respond::deleted(&id, "rbac_policy"))
}
