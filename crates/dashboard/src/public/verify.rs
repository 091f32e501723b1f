//! Verifies an address with the code of a mail, and sends that mail. Opening the link changes nothing: programs open links
//! too.

use askama::Template;
use http::StatusCode;
use vestibule_flows::{SentVerification, Stage, VerificationState};

use crate::failure::Failure;
use crate::form_problem::FormProblem;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "public/verify.html")]
struct VerifyPage {
    frame: Frame,
    code: String,
    /// What to do, and what was sent when.
    what: String,
    /// The label of the button that sends a mail, for visitors who wait for one.
    send: Option<&'static str>,
    /// Whether there is a waiting session, which can be ended here.
    is_waiting: bool,
    is_verified: bool,
    problem: FormProblem,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let code = request.query.get("code").to_owned();
    page(&request, StatusCode::OK, code, FormProblem::default()).await
}

async fn page(request: &PageRequest, status: StatusCode, code: String, problem: FormProblem) -> Answer {
    let texts = request.texts();
    let state = state(request).await?;
    let is_verified = state.as_ref().is_some_and(|state| state.is_verified);
    let sent = state.as_ref().and_then(|state| state.requested);
    let what = match (&state, sent) {
        (Some(state), _) if state.is_verified => texts.verify_done.to_owned(),
        _ if !code.is_empty() => texts.verify_press.to_owned(),
        (Some(state), Some((at, until))) => {
            let at = request.language.date(at);
            if until > request.now {
                texts.verify_sent(&state.address, &at)
            } else {
                texts.verify_expired(&state.address, &at)
            }
        }
        (Some(state), None) => texts.verify_not_sent(&state.address),
        (None, _) => texts.verify_by_mail.to_owned(),
    };
    let send = if sent.is_some() { texts.resend } else { texts.verify_send };
    let page = VerifyPage {
        frame: request.frame(),
        code,
        what,
        send: state.is_some().then_some(send),
        is_waiting: state.is_some(),
        is_verified,
        problem,
    };
    request.page_with(status, &page)
}

/// Returns the state of the session that waits for a verification; `None` if none waits.
async fn state(request: &PageRequest) -> Result<Option<VerificationState>, Failure> {
    match &request.caller {
        Some(caller) if caller.stage == Stage::Unverified => Ok(request.flows().verification_state(caller).await?),
        _ => Ok(None),
    }
}

/// Sends the mail, and reports the result.
pub(crate) async fn send(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let caller = request.caller()?;
    if caller.stage != Stage::Unverified {
        return request.go("/app");
    }
    let (identity, actor_type, provider) = (caller.auth_identity_id, &caller.actor_type, &caller.provider);
    match request.flows().send_verification(identity, actor_type, provider, &request.context()).await? {
        SentVerification::Sent => request.done("/app/verify", "verification-sent"),
        SentVerification::Wait { until } => {
            let problem = request.texts().verify_wait(&request.language.date(until));
            let (_, problem) = FormProblem::of(Failure::wrong(problem), &request)?;
            page(&request, StatusCode::TOO_MANY_REQUESTS, String::new(), problem).await
        }
        SentVerification::Verified => {
            request.flows().refresh(caller).await?;
            request.done("/app", "verified")
        }
    }
}

pub(crate) async fn confirm(request: SharedRequest) -> Answer {
    request.form.only(&["code"])?;
    let code = request.form.get("code").trim().to_owned();
    match request.flows().confirm_verification(&code, None, &request.context()).await {
        // A session that waited for it continues.
        Ok(_) => match &request.caller {
            Some(caller) => {
                request.flows().refresh(caller).await?;
                request.done("/app", "verified")
            }
            None => request.go("/app/login?done=verified"),
        },
        Err(error) => {
            let (status, problem) = FormProblem::of(error.into(), &request)?;
            page(&request, status, code, problem).await
        }
    }
}
