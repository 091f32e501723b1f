//! `/admin/users/{id}/sessions`: lists and ends the sessions of a user.

use crate::auth::sessions::{EndedSessions, respond_ended, session_id};
use crate::openapi::{ROWS, describe};
use crate::request::{Path, Query, Rows};
use crate::respond::{self, Deleted, Many, Reply};
use vestibule_auth::SessionView;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists a user's sessions, last used first.
#[describe(operation("list_sessions_of_user", "sessions").query(ROWS).errors(["404"]))]
pub(crate) async fn list(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<Many<SessionView>> {
    let rows = Rows::read(&query)?;
    let id = super::id(&id)?;
    let (sessions, count) = state.flows.list_sessions_of_user(id, caller.session_id, rows.skip(), rows.take()).await?;
    Ok(respond::rows(&sessions, count, rows))
}

/// Ends a session of a user.
#[describe(operation("end_session_of_user", "sessions").errors(["404"]))]
pub(crate) async fn end(
    state: State,
    caller: Authorized,
    Path((id, session)): Path<(String, String)>,
) -> Reply<Deleted> {
    let id = super::id(&id)?;
    state.flows.end_session_of_user(id, session_id(&session)?, &caller.context).await?;
    Ok(respond::deleted(&session, "session"))
}

/// Ends every session of a user.
#[describe(operation("end_sessions_of_user", "sessions").errors(["404"]))]
pub(crate) async fn end_all(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<EndedSessions> {
    let count = state.flows.end_sessions_of_user(super::id(&id)?, &caller.context).await?;
    Ok(respond_ended(count))
}
