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
    /// What buttons call the provider.
    provider: String,
    /// The address of the user who can be created.
    email: Option<EmailAddress>,
    /// What to do otherwise.
    message: &'static str,
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
    let (email, message) = match request.flows().sign_up_state(caller).await? {
        SignUpState::Possible { email } => (Some(email), texts.sign_up_possible),
        SignUpState::UserExists => (None, texts.sign_up_user_exists),
        SignUpState::Invited => (None, texts.sign_up_invited),
        SignUpState::Refused => (None, texts.sign_up_refused),
    };
    let provider = provider.map_or(caller.provider.as_str(), |provider| provider.short_name()).to_owned();
    request.page_with(status, &SignUpPage { frame: request.frame(), provider, email, message, problem })
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
