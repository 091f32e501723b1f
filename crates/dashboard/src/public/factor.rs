//! The second factor, between the password and being in.

use askama::Template;
use http::StatusCode;
use vestibule_auth::mfa::{RECOVERY_CODE, VerifyChallengeError};
use vestibule_flows::{MfaChallengeError, SignIn, Stage};
use vestibule_web::access::Refusal;

use super::login::go_on;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit, next_page};

#[derive(Template)]
#[template(path = "public/factor.html")]
struct FactorPage {
    frame: Frame,
    next: String,
    problem: Option<String>,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    if visit.caller()?.stage != Stage::Half {
        return visit.go("/app");
    }
    form(&visit, StatusCode::OK, None)
}

fn form(visit: &Visit, status: StatusCode, problem: Option<String>) -> Answer {
    let next = [visit.form.get("next"), visit.query.get("next")].concat();
    visit.page_with(status, &FactorPage { frame: visit.frame(), next: next_page(&next).to_owned(), problem })
}

pub(crate) async fn answer(visit: Asked) -> Answer {
    visit.form.only(&["code", "next"])?;
    match by_code(&visit).await {
        Ok(begun) => go_on(&visit, begun, visit.form.get("next")).await,
        Err(failure) => {
            let (status, problem) = failure.problem(visit.language)?;
            form(&visit, status, Some(problem))
        }
    }
}

/// Answers a challenge of the half session, by the code of an app or by a recovery code: their lengths tell them apart.
async fn by_code(visit: &Visit) -> Result<SignIn, Failure> {
    let caller = visit.caller()?;
    let begun = visit.flows().refresh(caller).await?;
    let Some(SignIn::Challenge { challenge, .. }) = begun else {
        return begun.ok_or(Failure::Refused(Refusal::Nobody));
    };
    let code = visit.form.get("code");
    let method = if code.chars().filter(|c| c.is_alphanumeric()).count() <= 8 { "totp" } else { RECOVERY_CODE };
    let answered = visit.flows().verify_mfa_challenge(caller, &visit.client, challenge.id, method, code).await;
    // The reference's words are for programs.
    answered.map_err(|error| match error {
        MfaChallengeError::Verify(VerifyChallengeError::WrongCode | VerifyChallengeError::UnsupportedMethod(_)) => {
            Failure::wrong(visit.texts().wrong_code)
        }
        MfaChallengeError::Verify(
            VerifyChallengeError::NotFound(_) | VerifyChallengeError::Completed | VerifyChallengeError::TooManyAttempts,
        ) => Failure::wrong(visit.texts().sign_in_over),
        error => error.into(),
    })
}
