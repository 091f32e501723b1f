//! `/admin/users/{id}/failed-attempts`, which the reference lacks: failed tries to sign in as a user.

use axum::response::Response;

use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Returns how many tries to sign in as a user have failed, and whether the next one is refused.
#[utoipa::path(
    get, path = "/admin/users/{id}/failed-attempts", operation_id = "retrieve_failed_attempts", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = schemas::FailedAttempts), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(state: State, _: Authorized, Path(id): Path<String>) -> Result<Response, Problem> {
    let attempts = state.flows.attempts_of_user(super::id(&id)?).await?;
    Ok(respond::whole("failed_attempts", &attempts))
}

/// Clears the failed tries, so that the next one is accepted.
#[utoipa::path(
    delete, path = "/admin/users/{id}/failed-attempts", operation_id = "clear_failed_attempts", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn clear(state: State, caller: Authorized, Path(text): Path<String>) -> Result<Response, Problem> {
    state.flows.clear_attempts_of_user(super::id(&text)?, &caller.context).await?;
    Ok(respond::deleted(&text, "failed_attempts"))
}
