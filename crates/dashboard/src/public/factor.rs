//! The second factor of a sign-in.

use askama::Template;
use http::StatusCode;
use vestibule_auth::mfa::{RECOVERY_CODE, VerifyChallengeError};
use vestibule_flows::{MfaChallengeError, SignIn, Stage};
use vestibule_web::access::Refusal;

use super::login::continue_sign_in;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest, next_page};

#[derive(Template)]
#[template(path = "public/factor.html")]
struct FactorPage {
    frame: Frame,
    next: String,
    problem: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    if request.caller()?.stage != Stage::Half {
        return request.go("/app");
    }
    form(&request, StatusCode::OK, None)
}

fn form(request: &PageRequest, status: StatusCode, problem: Option<String>) -> Answer {
    let next = [request.form.get("next"), request.query.get("next")].concat();
    request.page_with(status, &FactorPage { frame: request.frame(), next: next_page(&next).to_owned(), problem })
}

pub(crate) async fn answer(request: SharedRequest) -> Answer {
    request.form.only(&["code", "next"])?;
    match by_code(&request).await {
        Ok(begun) => continue_sign_in(&request, begun, request.form.get("next")).await,
        Err(failure) => {
            let (status, problem) = failure.problem(request.language)?;
            form(&request, status, Some(problem))
        }
    }
}

/// Verifies the challenge of a half session, by the code of an app or by a recovery code: their lengths differ.
async fn by_code(request: &PageRequest) -> Result<SignIn, Failure> {
    let caller = request.caller()?;
    let begun = request.flows().refresh(caller).await?;
    let Some(SignIn::Challenge { challenge, .. }) = begun else {
        return begun.ok_or(Failure::Refused(Refusal::Unauthenticated));
    };
    let code = request.form.get("code");
    let method = if code.chars().filter(|c| c.is_alphanumeric()).count() <= 8 { "totp" } else { RECOVERY_CODE };
    let answered = request.flows().verify_mfa_challenge(caller, &request.client, challenge.id, method, code).await;
    // The reference's message is for programs.
    answered.map_err(|error| match error {
        MfaChallengeError::Verify(VerifyChallengeError::WrongCode | VerifyChallengeError::UnsupportedMethod(_)) => {
            Failure::wrong(request.texts().wrong_code)
        }
        MfaChallengeError::Verify(
            VerifyChallengeError::NotFound(_) | VerifyChallengeError::Completed | VerifyChallengeError::TooManyAttempts,
        ) => Failure::wrong(request.texts().sign_in_ended),
        error => error.into(),
    })
}
