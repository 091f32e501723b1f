//! Confirming an address by the code of a mail, and having that mail sent. Opening the link changes nothing: programs open
//! links too.

use askama::Template;
use http::StatusCode;
use vestibule_flows::{SentVerification, Stage, VerificationState};

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};

#[derive(Template)]
#[template(path = "public/verify.html")]
struct VerifyPage {
    frame: Frame,
    code: String,
    /// What is to be done, and what was sent when.
    what: String,
    /// The words on the button that has a mail sent, for whoever waits for one.
    send: Option<&'static str>,
    /// Whether a session waits that can be ended here.
    is_waiting: bool,
    is_verified: bool,
    problem: Option<String>,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    let code = visit.query.get("code").to_owned();
    page(&visit, StatusCode::OK, code, None).await
}

async fn page(visit: &Visit, status: StatusCode, code: String, problem: Option<String>) -> Answer {
    let texts = visit.texts();
    let state = state(visit).await?;
    let is_verified = state.as_ref().is_some_and(|state| state.is_verified);
    let sent = state.as_ref().and_then(|state| state.requested);
    let what = match (&state, sent) {
        (Some(state), _) if state.is_verified => texts.verify_done.to_owned(),
        _ if !code.is_empty() => texts.verify_press.to_owned(),
        (Some(state), Some((at, until))) => {
            let at = visit.language.date(at);
            if until > visit.now {
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
        frame: visit.frame(),
        code,
        what,
        send: state.is_some().then_some(send),
        is_waiting: state.is_some(),
        is_verified,
        problem,
    };
    visit.page_with(status, &page)
}

/// Where the session that waits for a confirmation stands; nothing where none waits.
async fn state(visit: &Visit) -> Result<Option<VerificationState>, Failure> {
    match &visit.caller {
        Some(caller) if caller.stage == Stage::Unverified => Ok(visit.flows().verification_state(caller).await?),
        _ => Ok(None),
    }
}

/// Has the mail sent, and reports what came of it.
pub(crate) async fn send(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let caller = visit.caller()?;
    if caller.stage != Stage::Unverified {
        return visit.go("/app");
    }
    let (identity, actor_type, provider) = (caller.auth_identity_id, &caller.actor_type, &caller.provider);
    match visit.flows().send_verification(identity, actor_type, provider, &visit.by()).await? {
        SentVerification::Sent => visit.done("/app/verify", "verification-sent"),
        SentVerification::Wait { until } => {
            let problem = visit.texts().verify_wait(&visit.language.date(until));
            page(&visit, StatusCode::TOO_MANY_REQUESTS, String::new(), Some(problem)).await
        }
        SentVerification::Verified => {
            visit.flows().refresh(caller).await?;
            visit.done("/app", "verified")
        }
    }
}

pub(crate) async fn confirm(visit: Asked) -> Answer {
    visit.form.only(&["code"])?;
    let code = visit.form.get("code").trim().to_owned();
    match visit.flows().confirm_verification(&code, None, &visit.by()).await {
        // Where a session waits for it, it goes on.
        Ok(_) => match &visit.caller {
            Some(caller) => {
                visit.flows().refresh(caller).await?;
                visit.done("/app", "verified")
            }
            None => visit.go("/app/login?done=verified"),
        },
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            page(&visit, status, code, Some(problem)).await
        }
    }
}
