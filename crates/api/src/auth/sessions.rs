//! `/auth/sessions`, which the reference lacks: lists and ends the caller's sessions.

use axum::response::Response;
use http::header::SET_COOKIE;
use serde_json::json;
use vestibule_auth::SessionId;
use vestibule_flows::EndSessionError;

use crate::request::{Path, Query, RawBody, Rows};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;
use vestibule_web::cookies;

/// Parses the id in a path. Other text is reported as an unknown session.
pub(crate) fn session_id(text: &str) -> Result<SessionId, EndSessionError> {
    text.parse().map_err(|_| EndSessionError::NotFound { id: text.to_owned() })
}

/// Lists the caller's sessions, last used first.
#[utoipa::path(
    get, path = "/auth/sessions", operation_id = "list_own_sessions", tag = "sessions", params(schemas::PageParameters),
    responses((status = 200, body = schemas::Sessions), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, caller: Authenticated, query: Query) -> Result<Response, Problem> {
    let rows = Rows::read(&query)?;
    let (sessions, count) = state.flows.list_own_sessions(&caller.caller, rows.skip(), rows.take()).await?;
    Ok(respond::rows("sessions", &sessions, count, rows))
}

/// Ends a session of the caller. Its tokens and cookies no longer work.
#[utoipa::path(
    delete, path = "/auth/sessions/{id}", operation_id = "end_own_session", tag = "sessions", params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn end(
    state: State,
    caller: Authenticated,
    Path(text): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    body.read_nothing()?;
    let id = session_id(&text)?;
    state.flows.end_own_session(&caller.caller, id, &caller.context).await?;
    let mut response = respond::deleted(&text, "session");
    if id == caller.caller.session_id {
        response.headers_mut().insert(SET_COOKIE, cookies::clear(state.https));
    }
    Ok(response)
}

/// Ends every other session of the caller.
#[utoipa::path(
    delete, path = "/auth/sessions", operation_id = "end_other_sessions", tag = "sessions",
    responses((status = 200, body = schemas::EndedSessions), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn end_others(state: State, caller: Authenticated, body: RawBody) -> Result<Response, Problem> {
    body.read_nothing()?;
    let count = state.flows.end_other_sessions(&caller.caller, &caller.context).await?;
    Ok(respond_ended(count))
}

/// Responds with how many sessions ended.
pub(crate) fn respond_ended(count: u64) -> Response {
    respond::json(&json!({ "object": "session", "deleted": true, "count": count }))
}
