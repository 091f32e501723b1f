//! A user's access: a link to set a password, failed tries, second factors, sessions.

use serde_json::json;
use vestibule_auth::{MfaFactorId, SessionId};
use vestibule_user::UserId;

use super::show::{Left, Problems, page};
use crate::failure::Failure;
use crate::request::{Answer, PageRequest, SharedRequest};

/// Creates a link to set a new password, and shows it once.
pub(crate) async fn reset_link(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    match request.flows().issue_password_reset(id, &request.context()).await {
        Ok(reset) => {
            let link = request.dashboard.reset_link(&reset.token);
            request.show_once(&format!("/app/users/{id}"), json!({ "reset_link": link })).await
        }
        Err(error) => refused(&request, id, error.into()).await,
    }
}

/// Sends such a link to the user.
pub(crate) async fn reset_mail(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    match request.flows().send_password_reset(id, &request.context()).await {
        Ok(()) => request.done(&format!("/app/users/{id}"), "reset-mailed"),
        Err(error) => refused(&request, id, error.into()).await,
    }
}

/// Invites a user who cannot sign in: the mail has a link that sets a password.
pub(crate) async fn invite(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    match request.flows().invite_user(id, &request.context()).await {
        Ok(_) => request.done(&format!("/app/users/{id}"), "reset-mailed"),
        Err(error) => refused(&request, id, error.into()).await,
    }
}

/// Invites them likewise, and shows the link once.
pub(crate) async fn invite_link(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    match request.flows().invite_user(id, &request.context()).await {
        Ok(invite) => {
            let link = request.dashboard.invite_link(&invite);
            request.show_once(&format!("/app/users/{id}"), json!({ "reset_link": link })).await
        }
        Err(error) => refused(&request, id, error.into()).await,
    }
}

async fn refused(request: &PageRequest, id: UserId, failure: Failure) -> Answer {
    let (status, problem) = failure.problem(request.language)?;
    page(request, status, id, Problems { access: Some(problem), ..Problems::default() }, Left::default()).await
}

pub(crate) async fn clear_attempts(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    request.flows().clear_attempts_of_user(id, &request.context()).await?;
    request.done(&format!("/app/users/{id}?tab=security"), "attempts-cleared")
}

pub(crate) async fn reset_factor(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    match request.flows().reset_mfa(id, &request.context()).await {
        Ok(_) => request.done(&format!("/app/users/{id}?tab=security"), "factor-reset"),
        Err(error) => refused(&request, id, error.into()).await,
    }
}

pub(crate) async fn remove_factor(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let (id, factor): (UserId, MfaFactorId) = (request.parameter(0)?, request.parameter(1)?);
    match request.flows().remove_mfa_of_user(id, factor, &request.context()).await {
        Ok(_) => request.done(&format!("/app/users/{id}?tab=security"), "factor-disabled"),
        Err(error) => refused(&request, id, error.into()).await,
    }
}

pub(crate) async fn end_sessions(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    request.flows().end_sessions_of_user(id, &request.context()).await?;
    request.done(&format!("/app/users/{id}?tab=security"), "sessions-ended")
}

pub(crate) async fn end_session(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let (id, session): (UserId, SessionId) = (request.parameter(0)?, request.parameter(1)?);
    request.flows().end_session_of_user(id, session, &request.context()).await?;
    request.done(&format!("/app/users/{id}?tab=security"), "session-ended")
}
