//! `/auth/sessions`, which the reference lacks: lists and ends the caller's sessions.

use http::header::SET_COOKIE;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::{SessionId, SessionView};
use vestibule_flows::EndSessionError;

use crate::openapi::{ROWS, describe};
use crate::request::{Path, Query, RawBody, Rows};
use crate::respond::{self, Deleted, Many, Reply, Sent};
use vestibule_web::State;
use vestibule_web::caller::Authenticated;
use vestibule_web::cookies;

/// Parses the id in a path. Other text is reported as an unknown session.
pub(crate) fn session_id(text: &str) -> Result<SessionId, EndSessionError> {
    text.parse().map_err(|_| EndSessionError::NotFound { id: text.to_owned() })
}

/// Lists the caller's sessions, last used first.
#[describe(operation("list_own_sessions", "sessions").query(ROWS))]
pub(crate) async fn list(state: State, caller: Authenticated, query: Query) -> Reply<Many<SessionView>> {
    let rows = Rows::read(&query)?;
    let (sessions, count) = state.flows.list_own_sessions(&caller.caller, rows.skip(), rows.take()).await?;
    Ok(respond::rows(&sessions, count, rows))
}

/// Ends a session of the caller. Its tokens and cookies no longer work.
#[describe(operation("end_own_session", "sessions").errors(["404"]))]
pub(crate) async fn end(
    state: State,
    caller: Authenticated,
    Path(text): Path<String>,
    body: RawBody,
) -> Reply<Deleted> {
    body.read_nothing()?;
    let id = session_id(&text)?;
    state.flows.end_own_session(&caller.caller, id, &caller.context).await?;
    let mut response = respond::deleted(&text, "session");
    if id == caller.caller.session_id {
        response.headers_mut().insert(SET_COOKIE, cookies::clear(&state.site));
    }
    Ok(response)
}

/// Ends every other session of the caller.
#[describe(operation("end_other_sessions", "sessions"))]
pub(crate) async fn end_others(state: State, caller: Authenticated, body: RawBody) -> Reply<EndedSessions> {
    body.read_nothing()?;
    let count = state.flows.end_other_sessions(&caller.caller, &caller.context).await?;
    Ok(respond_ended(count))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct EndedSessions {
    #[schema(example = "session")]
    object: &'static str,
    #[schema(example = true)]
    deleted: bool,
    /// How many ended.
    count: u64,
}

/// Responds with how many sessions ended.
pub(crate) fn respond_ended(count: u64) -> Sent<EndedSessions> {
    respond::json(&EndedSessions { object: "session", deleted: true, count })
}
