//! `/admin/users/{id}/sessions`: lists and ends the sessions of a user.

use axum::response::Response;

use crate::auth::sessions::{respond_ended, session_id};
use crate::request::{Path, Query, Rows};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists a user's sessions, last used first.
#[utoipa::path(
    get, path = "/admin/users/{id}/sessions", operation_id = "list_sessions_of_user", tag = "sessions",
    params(("id" = String, Path), schemas::PageParameters),
    responses((status = 200, body = schemas::Sessions), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let rows = Rows::read(&query)?;
    let id = super::id(&id)?;
    let (sessions, count) = state.flows.list_sessions_of_user(id, caller.session_id, rows.skip(), rows.take()).await?;
    Ok(respond::rows("sessions", &sessions, count, rows))
}

/// Ends a session of a user.
#[utoipa::path(
    delete, path = "/admin/users/{id}/sessions/{session_id}", operation_id = "end_session_of_user", tag = "sessions",
    params(("id" = String, Path), ("session_id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn end(
    state: State,
    caller: Authorized,
    Path((id, session)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id = super::id(&id)?;
    state.flows.end_session_of_user(id, session_id(&session)?, &caller.context).await?;
    Ok(respond::deleted(&session, "session"))
}

/// Ends every session of a user.
#[utoipa::path(
    delete, path = "/admin/users/{id}/sessions", operation_id = "end_sessions_of_user", tag = "sessions", params(("id" = String, Path)),
    responses((status = 200, body = schemas::EndedSessions), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn end_all(state: State, caller: Authorized, Path(id): Path<String>) -> Result<Response, Problem> {
    let count = state.flows.end_sessions_of_user(super::id(&id)?, &caller.context).await?;
    Ok(respond_ended(count))
}
