//! `/app/email`: a new address is confirmed, and `/app/email/revert`: the old one is restored. Opening the link changes
//! nothing: programs open links too.

use askama::Template;
use http::StatusCode;
use vestibule_auth::EmailChangePurpose;
use vestibule_flows::{Confirmer, Stage};
use vestibule_web::access::Refusal;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "public/email.html")]
struct EmailPage {
    frame: Frame,
    title: &'static str,
    what: &'static str,
    token: String,
    /// The old address, for its owner.
    old: Option<String>,
    /// The new address; none if the link does not work.
    new: Option<String>,
    step: Step,
    problem: Option<String>,
}

/// What the page offers.
enum Step {
    /// A form with this path and this label of the button.
    Press(&'static str, &'static str),
    /// To sign in, and continue at this path.
    SignIn(String),
    /// To sign out the user of this address, and to continue at this path.
    Switch(String, String),
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, request.query.get("token"), None).await
}

pub(crate) async fn show_revert(request: SharedRequest) -> Answer {
    revert_page(&request, StatusCode::OK, request.query.get("token"), None).await
}

async fn page(request: &PageRequest, status: StatusCode, token: &str, problem: Option<String>) -> Answer {
    let t = request.texts();
    let next = || {
        let token: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        format!("/app/email?token={token}")
    };
    let mut page = EmailPage {
        frame: request.frame(),
        title: t.email_change_title,
        what: t.email_change_press,
        token: token.to_owned(),
        old: None,
        new: None,
        step: Step::Press("/app/email", t.email_change_button),
        problem,
    };
    let status = match request.flows().preview_email_change(token, request.caller.as_ref()).await {
        Ok(change) => {
            page.old = change.old_email.map(|email| email.to_string());
            page.new = Some(change.new_email.to_string());
            (page.what, page.step) = match change.confirmer {
                Confirmer::Owner | Confirmer::Link => (page.what, page.step),
                // After a sign-in without a second factor that a role requires.
                Confirmer::SignIn if is_enrolling(request) => return Err(Failure::Refused(Refusal::EnrolmentDue)),
                Confirmer::SignIn => (t.email_change_sign_in, Step::SignIn(next())),
                Confirmer::OtherAccount => {
                    (t.email_change_other, Step::Switch(request.user()?.email.to_string(), next()))
                }
            };
            status
        }
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            page.problem = Some(problem);
            status
        }
    };
    request.page_with(status, &page)
}

fn is_enrolling(request: &PageRequest) -> bool {
    request.caller.as_ref().is_some_and(|caller| caller.stage == Stage::Enrolment)
}

async fn revert_page(request: &PageRequest, status: StatusCode, token: &str, problem: Option<String>) -> Answer {
    let t = request.texts();
    let found = request.flows().find_email_change(token, EmailChangePurpose::Revert).await;
    let (status, old, new, problem) = match found {
        Ok(change) => (status, Some(change.old_email.to_string()), Some(change.new_email.to_string()), problem),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            (status, None, None, Some(problem))
        }
    };
    let (frame, token) = (request.frame(), token.to_owned());
    let step = Step::Press("/app/email/revert", t.email_revert_button);
    let (title, what) = (t.email_revert_title, t.email_revert_press);
    request.page_with(status, &EmailPage { frame, title, what, token, old, new, step, problem })
}

pub(crate) async fn confirm(request: SharedRequest) -> Answer {
    request.form.only(&["token"])?;
    let token = request.form.get("token");
    match request.flows().confirm_email_change(token, request.caller.as_ref(), &request.context()).await {
        // The session of the same user goes on.
        Ok(user) if request.is_in() && request.user()?.id == user.id => request.done("/app/profile", "email-changed"),
        Ok(_) => request.go("/app/login?done=email-changed"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            page(&request, status, token, Some(problem)).await
        }
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
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            revert_page(&request, status, token, Some(problem)).await
        }
    }
}
