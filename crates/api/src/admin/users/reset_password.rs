//! `POST /admin/users/{id}/reset-password`

use axum::response::Response;
use serde_json::json;

use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Creates a token that sets a user's password, for the caller to pass on. The caller must have every permission of the user.
#[utoipa::path(
    post, path = "/admin/users/{id}/reset-password", operation_id = "issue_password_reset", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = schemas::Token), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn reset_password(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let reset = state.flows.issue_password_reset(super::id(&id)?, &caller.context).await?;
    Ok(respond::json(&json!({ "token": reset.token })))
}
