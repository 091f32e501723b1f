//! Ends the user's sessions.

use vestibule_auth::SessionId;

use crate::request::{Answer, SharedRequest};

pub(crate) async fn end_others(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    request.flows().end_other_sessions(request.caller()?, &request.context()).await?;
    request.done("/app/profile", "sessions-ended")
}

pub(crate) async fn end(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: SessionId = request.parameter(0)?;
    let caller = request.caller()?;
    request.flows().end_own_session(caller, id, &request.context()).await?;
    match caller.session_id == id {
        true => request.leave("/app/login?done=signed-out"),
        false => request.done("/app/profile", "session-ended"),
    }
}
