//! How a user comes in: a link to set a password, failed tries, the second factor, sessions.

use http::StatusCode;
use vestibule_auth::SessionId;
use vestibule_user::UserId;

use super::show::{Problems, page};
use crate::failure::Failure;
use crate::request::{Answer, Asked, Visit};

/// Makes a link by which the user sets a new password, and shows it this once.
pub(crate) async fn reset_link(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    match visit.flows().issue_password_reset(id, &visit.by()).await {
        Ok(reset) => {
            let link = visit.dashboard.reset_link(&reset.token);
            page(&visit, StatusCode::OK, id, Problems::default(), Some(link)).await
        }
        Err(error) => refused(&visit, id, error.into()).await,
    }
}

/// Has such a link sent to the user.
pub(crate) async fn reset_mail(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    match visit.flows().send_password_reset(id, &visit.by()).await {
        Ok(()) => visit.done(&format!("/app/users/{id}"), "reset-mailed"),
        Err(error) => refused(&visit, id, error.into()).await,
    }
}

async fn refused(visit: &Visit, id: UserId, failure: Failure) -> Answer {
    let (status, problem) = failure.problem(visit.language)?;
    page(visit, status, id, Problems { access: Some(problem), ..Problems::default() }, None).await
}

pub(crate) async fn clear_attempts(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    visit.flows().clear_attempts_of_user(id, &visit.by()).await?;
    visit.done(&format!("/app/users/{id}"), "attempts-cleared")
}

pub(crate) async fn reset_factor(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    match visit.flows().reset_mfa(id, &visit.by()).await {
        Ok(_) => visit.done(&format!("/app/users/{id}"), "factor-reset"),
        Err(error) => refused(&visit, id, error.into()).await,
    }
}

pub(crate) async fn end_sessions(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    visit.flows().end_sessions_of_user(id, &visit.by()).await?;
    visit.done(&format!("/app/users/{id}"), "sessions-ended")
}

pub(crate) async fn end_session(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let (id, session): (UserId, SessionId) = (visit.parameter(0)?, visit.parameter(1)?);
    visit.flows().end_session_of_user(id, session, &visit.by()).await?;
    visit.done(&format!("/app/users/{id}"), "session-ended")
}
