//! `/app/email`: a new address is confirmed, and `/app/email/revert`: the old one is restored. Opening the link changes
//! nothing: programs open links too.

use askama::Template;
use http::StatusCode;
use vestibule_auth::EmailChangePurpose;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "public/email.html")]
struct EmailPage {
    frame: Frame,
    title: &'static str,
    what: &'static str,
    /// The label of the button.
    button: &'static str,
    /// The path of the form.
    action: &'static str,
    token: String,
    /// The old address and the new one; none if the link does not work.
    addresses: Option<(String, String)>,
    problem: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, EmailChangePurpose::Confirm, request.query.get("token"), None).await
}

pub(crate) async fn show_revert(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, EmailChangePurpose::Revert, request.query.get("token"), None).await
}

async fn page(
    request: &PageRequest,
    status: StatusCode,
    purpose: EmailChangePurpose,
    token: &str,
    problem: Option<String>,
) -> Answer {
    let (status, addresses, problem) = match request.flows().find_email_change(token, purpose).await {
        Ok(change) => (status, Some((change.old_email.to_string(), change.new_email.to_string())), problem),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            (status, None, Some(problem))
        }
    };
    let t = request.texts();
    let (title, what, button, action) = match purpose {
        EmailChangePurpose::Confirm => {
            (t.email_change_title, t.email_change_press, t.email_change_button, "/app/email")
        }
        EmailChangePurpose::Revert => {
            (t.email_revert_title, t.email_revert_press, t.email_revert_button, "/app/email/revert")
        }
    };
    let (frame, token) = (request.frame(), token.to_owned());
    request.page_with(status, &EmailPage { frame, title, what, button, action, token, addresses, problem })
}

pub(crate) async fn confirm(request: SharedRequest) -> Answer {
    request.form.only(&["token"])?;
    let token = request.form.get("token");
    match request.flows().confirm_email_change(token, request.caller.as_ref(), &request.context()).await {
        // The session of the same user goes on.
        Ok(user) if request.is_in() && request.user()?.id == user.id => request.done("/app/profile", "email-changed"),
        Ok(_) => request.go("/app/login?done=email-changed"),
        Err(error) => refused(&request, EmailChangePurpose::Confirm, token, error.into()).await,
    }
}

pub(crate) async fn revert(request: SharedRequest) -> Answer {
    request.form.only(&["token"])?;
    let token = request.form.get("token");
    match request.flows().revert_email_change(token, &request.context()).await {
        Ok(user) => {
            let own = request.caller.as_ref().and_then(|caller| caller.user.as_ref());
            match own.is_some_and(|own| own.id == user.id) {
                true => request.leave("/app/login?done=email-reverted"),
                false => request.go("/app/login?done=email-reverted"),
            }
        }
        Err(error) => refused(&request, EmailChangePurpose::Revert, token, error.into()).await,
    }
}

async fn refused(request: &PageRequest, purpose: EmailChangePurpose, token: &str, failure: Failure) -> Answer {
    let (status, problem) = failure.problem(request.language)?;
    page(request, status, purpose, token, Some(problem)).await
}
