//! Ending one's sessions.

use vestibule_auth::SessionId;

use crate::request::{Answer, Asked};

pub(crate) async fn end_others(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    visit.flows().end_other_sessions(visit.caller()?, &visit.by()).await?;
    visit.done("/app/profile", "sessions-ended")
}

pub(crate) async fn end(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: SessionId = visit.parameter(0)?;
    let caller = visit.caller()?;
    visit.flows().end_own_session(caller, id, &visit.by()).await?;
    match caller.session_id == id {
        true => visit.leave("/app/login?done=signed-out"),
        false => visit.done("/app/profile", "session-ended"),
    }
}
