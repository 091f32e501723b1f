//! The user's second factor: starts, verifies and removes it, and generates recovery codes.

use askama::Template;
use http::StatusCode;
use qrcode::{Color, QrCode};
use vestibule_auth::MfaFactorId;
use vestibule_auth::StartAuthMfa;
use vestibule_auth::mfa::{MfaStatus, VerifyMfaError};
use vestibule_flows::{FreshProof, Stage, VerifyFactorError};

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::texts::Texts;

/// How many recovery codes are generated, as in the reference.
const CODES: u32 = 10;

/// A factor that was just started, with its secret, which is shown once.
struct Started {
    id: String,
    secret: String,
    url: String,
    /// The modules of the QR code as an SVG path, and how many there are on a side.
    path: String,
    side: usize,
}

#[derive(Template)]
#[template(path = "profile/factor.html")]
struct FactorPage {
    frame: Frame,
    /// The enabled factor.
    enabled: Option<MfaFactorId>,
    started: Option<Started>,
    codes: Vec<String>,
    /// Whether one of the user's roles requires a factor.
    is_required: bool,
    problem: Option<String>,
}

#[derive(Default)]
struct Shown {
    started: Option<Started>,
    codes: Vec<String>,
    problem: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, Shown::default()).await
}

async fn page(request: &PageRequest, status: StatusCode, shown: Shown) -> Answer {
    let caller = request.caller()?;
    let factors = request.flows().auth().list_auth_mfas_of_identity(caller.auth_identity_id).await?;
    let enabled = factors.iter().find(|factor| factor.status == MfaStatus::Enabled).map(|factor| factor.id);
    let page = FactorPage {
        frame: request.frame(),
        enabled,
        started: shown.started,
        codes: shown.codes,
        is_required: caller.stage == Stage::Enrolment,
        problem: shown.problem,
    };
    request.page_with(status, &page)
}

async fn refused(request: &PageRequest, failure: Failure, started: Option<Started>) -> Answer {
    let (status, problem) = failure.problem(request.language)?;
    page(request, status, Shown { started, problem: Some(problem), ..Shown::default() }).await
}

pub(crate) async fn start(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let caller = request.caller()?;
    // Replaces one that was started before and never verified.
    let factors = request.flows().auth().list_auth_mfas_of_identity(caller.auth_identity_id).await?;
    for pending in factors.iter().filter(|factor| factor.status == MfaStatus::Pending) {
        match request.flows().disable_mfa(caller, &request.context(), pending.id, &FreshProof::default()).await {
            Ok(_) => {}
            Err(error) => return refused(&request, error.into(), None).await,
        }
    }
    let mut start = StartAuthMfa::new(caller.auth_identity_id, "totp");
    start.label = caller.user.as_ref().map(|user| user.email.to_string());
    match request.flows().start_mfa(caller, &start, &FreshProof::default()).await {
        Ok(started) => {
            let text =
                |name| started.enrolment.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
            let id = started.mfa_factor.id.to_string();
            let started = Some(picture(id, text("secret"), text("otpauth_url")));
            page(&request, StatusCode::OK, Shown { started, ..Shown::default() }).await
        }
        Err(error) => refused(&request, error.into(), None).await,
    }
}

/// Returns the QR code of a factor's URL. If the URL is too long for one, the secret can be typed.
fn picture(id: String, secret: String, url: String) -> Started {
    let Ok(code) = QrCode::new(&url) else { return Started { id, secret, url, path: String::new(), side: 0 } };
    let side = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", index % side, index / side));
        }
    }
    Started { id, secret, url, path, side }
}

pub(crate) async fn verify(request: SharedRequest) -> Answer {
    request.form.only(&["factor", "secret", "url", "code"])?;
    let id: MfaFactorId = request.form.get("factor").parse().map_err(|_| Failure::NotFound)?;
    let caller = request.caller()?;
    match request.flows().verify_mfa(caller, &request.context(), id, request.form.get("code")).await {
        Ok(_) => {
            // The codes at once: a user without codes who loses the telephone cannot sign in any more.
            let made = request
                .flows()
                .generate_mfa_recovery_codes(caller, &request.context(), CODES, &FreshProof::default())
                .await;
            let codes = made.map(|codes| codes.as_slice().to_vec()).unwrap_or_default();
            page(&request, StatusCode::OK, Shown { codes, ..Shown::default() }).await
        }
        Err(error) => {
            let typed = |name| request.form.get(name).to_owned();
            refused(
                &request,
                in_words(error, request.texts()),
                Some(picture(id.to_string(), typed("secret"), typed("url"))),
            )
            .await
        }
    }
}

/// Replaces the reference's message, which is for programs.
fn in_words(error: VerifyFactorError, texts: &Texts) -> Failure {
    match error {
        VerifyFactorError::Verify(VerifyMfaError::WrongCode(_)) => Failure::wrong(texts.wrong_code),
        VerifyFactorError::Verify(VerifyMfaError::NotFound(_) | VerifyMfaError::Disabled) => {
            Failure::wrong(texts.factor_changed)
        }
        error => error.into(),
    }
}

pub(crate) async fn disable(request: SharedRequest) -> Answer {
    request.form.only(&["factor"])?;
    let id: MfaFactorId = request.form.get("factor").parse().map_err(|_| Failure::NotFound)?;
    match request.flows().disable_mfa(request.caller()?, &request.context(), id, &FreshProof::default()).await {
        Ok(_) => request.done("/app/profile/second-factor", "factor-disabled"),
        Err(error) => refused(&request, error.into(), None).await,
    }
}

pub(crate) async fn recovery_codes(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    match request
        .flows()
        .generate_mfa_recovery_codes(request.caller()?, &request.context(), CODES, &FreshProof::default())
        .await
    {
        Ok(codes) => {
            let codes = codes.as_slice().to_vec();
            page(&request, StatusCode::OK, Shown { codes, ..Shown::default() }).await
        }
        Err(error) => refused(&request, error.into(), None).await,
    }
}
