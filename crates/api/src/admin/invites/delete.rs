//! `DELETE /admin/invites/{id}`

use axum::response::Response;

use crate::api::State;
use crate::caller::Admitted;
use crate::request::Path;
use crate::{ApiError, respond, schemas};

/// Takes an invite back. It stays in the history.
#[utoipa::path(
    delete, path = "/admin/invites/{id}", operation_id = "revoke_invite", tag = "invites", params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(state: State, asker: Admitted, Path(id): Path<String>) -> Result<Response, ApiError> {
    // What is no invite's id is the id of none, and none is gone already.
    if let Ok(id) = super::id(&id) {
        state.flows.revoke_invite(id, &asker.by).await?;
    }
    Ok(respond::deleted(&id, "invite"))
}
