//! The user's second factors: starts, verifies, renames and removes them, and generates recovery codes.

use askama::Template;
use http::StatusCode;
use qrcode::{Color, QrCode};
use serde_json::{Value as Json, json};
use vestibule_auth::mfa::{MfaAnswer, MfaStatus, RecoveryCodeFormat, VerifyMfaError};
use vestibule_auth::{MfaFactor, MfaFactorId, StartAuthMfa};
use vestibule_flows::{FreshProof, Stage, VerifyFactorError};

use crate::failure::Failure;
use crate::form_problem::FormProblem;
use crate::layout::Frame;
use crate::public::factor::passkey_method;
use crate::public::passkey::{answer_of, relying_party};
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::texts::Texts;

/// How many recovery codes are generated, as in the reference.
const CODES: u32 = 10;

/// The codes are typed.
const FORMAT: RecoveryCodeFormat = RecoveryCodeFormat::Short;

/// A passkey that was just started, with the options for the browser.
struct StartedPasskey {
    id: String,
    options: String,
}

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
    /// The enabled factors.
    factors: Vec<MfaFactor>,
    /// The name of the next factor, as it was typed or is proposed.
    name: String,
    started: Option<Started>,
    started_passkey: Option<StartedPasskey>,
    has_passkeys: bool,
    /// What the browser may know of the account's passkeys (WebAuthn 3, 5.1.10), as JSON.
    accepted: Option<String>,
    codes: Vec<String>,
    /// The name of this service and the address of the account: what the codes are for.
    service: String,
    account: String,
    /// Whether one of the user's roles requires a factor.
    is_required: bool,
    problem: FormProblem,
    /// The form of the problem, see [`Shown::form`].
    form: String,
}

impl FactorPage {
    /// Returns the problem of the only field of this form.
    fn problem_in(&self, form: &str) -> Option<&str> {
        self.problem.at("name").or(self.problem.at("code")).filter(|_| self.form == form)
    }

    /// Returns the problem of no field.
    fn whole_problem(&self) -> Option<&str> {
        self.problem.not_at("name code")
    }

    /// When the codes were made, to the minute: they are shown for some minutes.
    fn codes_made(&self) -> String {
        self.frame.exactly(&self.frame.now)
    }

    /// The codes as a file: with what they are for.
    fn codes_text(&self) -> String {
        let (texts, colon) = (self.frame.t, self.frame.t.colon);
        let head = [
            (texts.service, self.service.as_str()),
            (texts.account, &self.account),
            (texts.codes_made, &self.codes_made()),
        ];
        let head: String = head.iter().map(|(name, value)| format!("{name}{colon} {value}\n")).collect();
        format!("{}\n{head}\n{}\n", texts.recovery_codes, self.codes.join("\n"))
    }
}

#[derive(Default)]
struct Shown {
    started: Option<Started>,
    started_passkey: Option<StartedPasskey>,
    codes: Vec<String>,
    problem: FormProblem,
    /// The form of the problem: of an app, of a passkey, of its code, or of the factor with this id.
    form: String,
}

/// The form that starts an app, that of a passkey, and that of the code which proves an app.
const APP: &str = "app";
const PASSKEY: &str = "passkey";
const CODE: &str = "code";

/// The path of the page.
const PATH: &str = "/app/profile/second-factor";

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let shown = request.shown_once().await?.map(|what| Shown::read(&what)).unwrap_or_default();
    page(&request, StatusCode::OK, shown).await
}

impl Shown {
    /// Reads what a form of this page has left.
    fn read(what: &Json) -> Self {
        let text = |name: &str| what.get(name).and_then(Json::as_str).map(str::to_owned);
        let codes = what.get("codes").and_then(Json::as_array).into_iter().flatten();
        let started = text("secret").zip(text("url")).zip(text("factor"));
        let passkey = text("options").zip(text("factor"));
        Self {
            started: started.map(|((secret, url), id)| picture(id, secret, url)),
            started_passkey: passkey.map(|(options, id)| StartedPasskey { id, options }),
            codes: codes.filter_map(Json::as_str).map(str::to_owned).collect(),
            ..Self::default()
        }
    }
}

async fn page(request: &PageRequest, status: StatusCode, shown: Shown) -> Answer {
    let caller = request.caller()?;
    let factors = in_state(request, MfaStatus::Enabled).await?;
    let proposed = if factors.is_empty() { request.texts().authenticator_app } else { "" };
    let page = FactorPage {
        frame: request.frame(),
        name: Some(request.form.get("name")).filter(|name| !name.is_empty()).unwrap_or(proposed).to_owned(),
        accepted: accepted(request, &factors),
        has_passkeys: passkey_method(request).is_some(),
        factors,
        started: shown.started,
        started_passkey: shown.started_passkey,
        codes: shown.codes,
        service: service(request),
        account: caller.user.as_ref().map(|user| user.email.to_string()).unwrap_or_default(),
        is_required: caller.stage == Stage::Enrolment,
        problem: shown.problem,
        form: shown.form,
    };
    request.page_with(status, &page)
}

/// The name of this service, as its mails have it.
fn service(request: &PageRequest) -> String {
    let options = request.flows().auth().options();
    options.service_names.first().cloned().unwrap_or_else(|| "Vestibule".to_owned())
}

/// The passkeys that the account has, for the browser to forget others.
fn accepted(request: &PageRequest, factors: &[MfaFactor]) -> Option<String> {
    let field = |factor: &MfaFactor, name: &str| factor.details.get(name)?.as_str().map(str::to_owned);
    let user = factors.iter().find_map(|factor| field(factor, "user_handle"))?;
    let ids: Vec<String> = factors.iter().filter_map(|factor| field(factor, "credential_id")).collect();
    let accepted = json!({ "rpId": relying_party(request)?, "userId": user, "allAcceptedCredentialIds": ids });
    Some(accepted.to_string())
}

/// The user's factors in this state, in the order in which they were started.
pub(crate) async fn in_state(request: &PageRequest, status: MfaStatus) -> Result<Vec<MfaFactor>, Failure> {
    let identity = request.caller()?.auth_identity_id;
    let factors = request.flows().auth().list_auth_mfas_of_identity(identity).await?;
    Ok(factors.into_iter().filter(|factor| factor.status == status).collect())
}

async fn refused(request: &PageRequest, failure: Failure, form: &str, started: Option<Started>) -> Answer {
    let (status, problem) = FormProblem::of(failure, request)?;
    page(request, status, Shown { started, problem, form: form.to_owned(), ..Shown::default() }).await
}

pub(crate) async fn start(request: SharedRequest) -> Answer {
    request.form.only(&["name"])?;
    let caller = request.caller()?;
    // Replaces one that was started before and never verified.
    for pending in in_state(&request, MfaStatus::Pending).await? {
        match request.flows().disable_mfa(caller, &request.context(), pending.id, &FreshProof::default()).await {
            Ok(_) => {}
            Err(error) => return refused(&request, error.into(), APP, None).await,
        }
    }
    let mut start = StartAuthMfa::new(caller.auth_identity_id, "totp");
    let name = Some(request.form.get("name")).filter(|name| !name.trim().is_empty());
    start.name = Some(name.unwrap_or(request.texts().authenticator_app).to_owned());
    start.label = caller.user.as_ref().map(|user| user.email.to_string());
    match request.flows().start_mfa(caller, &start, &FreshProof::default()).await {
        Ok(started) => {
            let text =
                |name| started.enrolment.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
            let id = started.mfa_factor.id.to_string();
            let what = json!({ "factor": id, "secret": text("secret"), "url": text("otpauth_url") });
            request.show_once(PATH, what).await
        }
        Err(error) => refused(&request, error.into(), APP, None).await,
    }
}

pub(crate) async fn start_passkey(request: SharedRequest) -> Answer {
    request.form.only(&["name"])?;
    let caller = request.caller()?;
    let kind = passkey_method(&request).ok_or(Failure::NotFound)?;
    let mut start = StartAuthMfa::new(caller.auth_identity_id, kind);
    let name = Some(request.form.get("name")).filter(|name| !name.trim().is_empty());
    start.name = Some(name.unwrap_or(request.texts().first_passkey).to_owned());
    match request.flows().start_mfa(caller, &start, &FreshProof::default()).await {
        Ok(started) => {
            let options = started.enrolment.get("options").map(ToString::to_string).unwrap_or_default();
            request.show_once(PATH, json!({ "factor": started.mfa_factor.id.to_string(), "options": options })).await
        }
        Err(error) => refused(&request, error.into(), PASSKEY, None).await,
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
    request.form.only(&["factor", "secret", "url", "code", "answer"])?;
    let id: MfaFactorId = request.form.get("factor").parse().map_err(|_| Failure::NotFound)?;
    let caller = request.caller()?;
    let is_first = in_state(&request, MfaStatus::Enabled).await?.is_empty();
    let answer = answer_of(request.form.get("answer"));
    let proof = match &answer {
        Some(answer) => MfaAnswer::from(answer),
        None => request.form.get("code").into(),
    };
    match request.flows().verify_mfa(caller, &request.context(), id, proof).await {
        // The codes that the user has stand in for this one too.
        Ok(_) if !is_first => request.done(PATH, "saved"),
        Ok(_) => {
            // The codes at once: a user without codes who loses the telephone cannot sign in any more.
            let made = request
                .flows()
                .generate_mfa_recovery_codes(caller, &request.context(), (CODES, FORMAT), &FreshProof::default())
                .await;
            let codes = made.map(|codes| codes.as_slice().to_vec()).unwrap_or_default();
            request.show_once(PATH, json!({ "codes": codes })).await
        }
        Err(error) if answer.is_some() => refused(&request, in_words(error, request.texts()), PASSKEY, None).await,
        Err(error) => {
            let typed = |name| request.form.get(name).to_owned();
            refused(
                &request,
                in_words(error, request.texts()),
                CODE,
                Some(picture(id.to_string(), typed("secret"), typed("url"))),
            )
            .await
        }
    }
}

/// Replaces the reference's message, which is for programs.
fn in_words(error: VerifyFactorError, texts: &Texts) -> Failure {
    match error {
        VerifyFactorError::Verify(VerifyMfaError::WrongCode(_)) => Failure::wrong_field("code", texts.wrong_code),
        VerifyFactorError::Verify(VerifyMfaError::NotFound(_) | VerifyMfaError::Disabled) => {
            Failure::wrong(texts.factor_changed)
        }
        error => error.into(),
    }
}

pub(crate) async fn rename(request: SharedRequest) -> Answer {
    request.form.only(&["factor", "name"])?;
    let id: MfaFactorId = request.form.get("factor").parse().map_err(|_| Failure::NotFound)?;
    let (caller, name) = (request.caller()?, request.form.get("name"));
    match request.flows().rename_mfa(caller, &request.context(), id, name).await {
        Ok(_) => request.done(PATH, "saved"),
        Err(error) => refused(&request, error.into(), &id.to_string(), None).await,
    }
}

pub(crate) async fn disable(request: SharedRequest) -> Answer {
    request.form.only(&["factor"])?;
    let id: MfaFactorId = request.form.get("factor").parse().map_err(|_| Failure::NotFound)?;
    match request.flows().disable_mfa(request.caller()?, &request.context(), id, &FreshProof::default()).await {
        Ok(_) => request.done(PATH, "factor-disabled"),
        Err(error) => refused(&request, error.into(), "", None).await,
    }
}

pub(crate) async fn recovery_codes(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    match request
        .flows()
        .generate_mfa_recovery_codes(request.caller()?, &request.context(), (CODES, FORMAT), &FreshProof::default())
        .await
    {
        Ok(codes) => request.show_once(PATH, json!({ "codes": codes.as_slice() })).await,
        Err(error) => refused(&request, error.into(), "", None).await,
    }
}
