//! `/app/sign-up`: what becomes of a sign-in elsewhere that is no account's yet.

use askama::Template;
use http::StatusCode;
use vestibule_core::EmailAddress;
use vestibule_flows::SignUpState;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "public/sign_up.html")]
struct SignUpPage {
    frame: Frame,
    title: &'static str,
    /// What buttons call the provider.
    provider: String,
    /// The address of the user who can be created.
    email: Option<EmailAddress>,
    /// What to do otherwise.
    message: &'static str,
    /// Whether the sign-in can be linked with the user who has its address.
    is_linkable: bool,
    problem: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    if request.is_in() {
        return request.go("/app");
    }
    page(&request, StatusCode::OK, None).await
}

async fn page(request: &PageRequest, status: StatusCode, problem: Option<String>) -> Answer {
    let (texts, caller) = (request.texts(), request.caller()?);
    let provider = request.flows().auth().find_provider(&caller.provider);
    let state = request.flows().sign_up_state(caller).await?;
    let is_linkable = state == SignUpState::UserExists;
    let (email, message) = match state {
        SignUpState::Possible { email } => (Some(email), texts.sign_up_possible),
        SignUpState::UserExists => (None, texts.sign_up_user_exists),
        SignUpState::Invited => (None, texts.sign_up_invited),
        SignUpState::Refused => (None, texts.sign_up_refused),
    };
    let provider = provider.map_or(caller.provider.as_str(), |provider| provider.short_name()).to_owned();
    let title = if is_linkable { texts.link_title } else { texts.sign_up_title };
    let page = SignUpPage { frame: request.frame(), title, provider, email, message, is_linkable, problem };
    request.page_with(status, &page)
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    match request.flows().sign_up(request.caller()?, &request.context()).await {
        Ok(_) => request.done("/app", "welcome"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            page(&request, status, Some(problem)).await
        }
    }
}
