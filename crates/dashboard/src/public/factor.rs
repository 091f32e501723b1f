//! The second factor of a sign-in.

use askama::Template;
use http::StatusCode;
use vestibule_auth::Flow;
use vestibule_auth::mfa::{MfaChallenge, RECOVERY_CODE, VerifyChallengeError};
use vestibule_flows::{MfaChallengeError, SignIn, Stage};
use vestibule_web::access::Refusal;

use super::login::continue_sign_in;
use super::passkey;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest, next_page};

#[derive(Template)]
#[template(path = "public/factor.html")]
struct FactorPage {
    frame: Frame,
    next: String,
    /// Whether a code can answer the challenge: of an app, or a recovery code.
    takes_code: bool,
    /// The options for the browser, where a passkey can.
    passkey: Option<String>,
    problem: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    if request.caller()?.stage != Stage::Half {
        return request.go("/app");
    }
    form(&request, StatusCode::OK, None).await
}

async fn form(request: &PageRequest, status: StatusCode, problem: Option<String>) -> Answer {
    let next = [request.form.get("next"), request.query.get("next")].concat();
    let challenge = match request.flows().refresh(request.caller()?).await? {
        Some(SignIn::Challenge { challenge, .. }) => Some(challenge),
        _ => None,
    };
    let is_begun = |challenge: &MfaChallenge, method: &String| challenge.ceremonies.contains_key(method);
    let page = FactorPage {
        frame: request.frame(),
        next: next_page(&next).to_owned(),
        takes_code: challenge.as_ref().is_none_or(|open| open.methods.iter().any(|method| !is_begun(open, method))),
        passkey: challenge.as_ref().and_then(|challenge| options_of(request, challenge)),
        problem,
    };
    request.page_with(status, &page)
}

/// What the browser needs to answer a challenge with a passkey.
pub(crate) fn options_of(request: &PageRequest, challenge: &MfaChallenge) -> Option<String> {
    challenge.ceremonies.get(passkey_method(request)?).map(ToString::to_string)
}

/// The kind of second factors that passkeys are.
pub(crate) fn passkey_method(request: &PageRequest) -> Option<&str> {
    // Also where users may not sign in with them, they are second factors.
    let mut providers = request.flows().auth().providers();
    providers.find(|provider| provider.flow() == Flow::Ceremony).map(|provider| provider.identifier())
}

pub(crate) async fn answer(request: SharedRequest) -> Answer {
    request.form.only(&["code", "answer", "next"])?;
    match verified(&request).await {
        Ok(begun) => continue_sign_in(&request, begun, request.form.get("next")).await,
        Err(failure) => {
            let (status, problem) = failure.problem(request.language)?;
            form(&request, status, Some(problem)).await
        }
    }
}

/// Verifies the challenge of a half session by a passkey, by the code of an app or by a recovery code: their lengths differ.
async fn verified(request: &PageRequest) -> Result<SignIn, Failure> {
    let caller = request.caller()?;
    let begun = request.flows().refresh(caller).await?;
    let Some(SignIn::Challenge { challenge, .. }) = begun else {
        return begun.ok_or(Failure::Refused(Refusal::Unauthenticated));
    };
    let code = request.form.get("code");
    let method = if code.chars().filter(|c| c.is_alphanumeric()).count() <= 8 { "totp" } else { RECOVERY_CODE };
    let (flows, client) = (request.flows(), &request.client);
    let answered = match (passkey_method(request), passkey::answer_of(request.form.get("answer"))) {
        (Some(kind), Some(answer)) => flows.verify_mfa_challenge(caller, client, challenge.id, kind, &answer).await,
        _ => flows.verify_mfa_challenge(caller, client, challenge.id, method, code).await,
    };
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
