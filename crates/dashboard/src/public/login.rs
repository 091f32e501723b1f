//! Signs in with a password, and signs out.

use askama::Template;
use http::StatusCode;
use serde_json::{Map, json};
use vestibule_auth::{AuthInput, AuthProvider, EMAILPASS, Flow};
use vestibule_flows::{SignIn, Stage, USER};

use super::passkey;
use crate::ended;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest, next_page};

#[derive(Template)]
#[template(path = "public/login.html")]
struct LoginPage {
    frame: Frame,
    email: String,
    next: String,
    /// Why the session that the browser had is over.
    ended: Option<&'static str>,
    /// The identifiers and names of the other sign-in methods.
    providers: Vec<(String, String)>,
    /// Whether users may sign in with a password.
    has_password: bool,
    has_passkeys: bool,
    /// Whether users may sign in with a mailed code.
    has_code: bool,
    /// The passkey that was just refused because no account has it, for the browser to forget, as JSON (WebAuthn 3, 5.1.10).
    unknown_passkey: Option<String>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "public/elsewhere.html")]
struct ElsewherePage {
    frame: Frame,
    location: String,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    if request.caller.as_ref().is_some_and(|caller| caller.user.is_some() && caller.stage == Stage::Full) {
        return request.go(next_page(request.query.get("next")));
    }
    form(&request, StatusCode::OK, None)
}

/// Whether a button leads to this sign-in method: passwords have a form, codes a page, and passkeys are for the script.
pub(crate) fn is_other(provider: &dyn AuthProvider) -> bool {
    !provider.holds_passwords() && !matches!(provider.flow(), Flow::Ceremony | Flow::Code)
}

/// The identifiers and names of the sign-in methods of other services.
pub(super) fn other_providers(request: &PageRequest) -> Vec<(String, String)> {
    let providers = request.flows().auth().providers_of(USER).filter(|provider| is_other(*provider));
    providers.map(|provider| (provider.identifier().to_owned(), provider.short_name().to_owned())).collect()
}

/// Whether users may sign in with a code that is mailed to them.
pub(super) fn has_code(request: &PageRequest) -> bool {
    request.flows().auth().providers_of(USER).any(|provider| provider.flow() == Flow::Code)
}

/// Whether users may sign in with a password.
pub(super) fn has_password(request: &PageRequest) -> bool {
    request.flows().auth().providers_of(USER).any(|provider| provider.holds_passwords())
}

pub(super) fn form(request: &PageRequest, status: StatusCode, problem: Option<String>) -> Answer {
    form_after(request, status, problem, None)
}

/// The same, after a passkey that no account has.
pub(super) fn form_after(
    request: &PageRequest,
    status: StatusCode,
    problem: Option<String>,
    unknown_passkey: Option<String>,
) -> Answer {
    let wanted = [request.form.get("next"), request.query.get("next")].into_iter().find(|next| !next.is_empty());
    let page = LoginPage {
        frame: request.frame(),
        email: [request.form.get("email"), request.query.get("email")].concat(),
        next: next_page(wanted.unwrap_or_default()).to_owned(),
        ended: ended::Reason::text(request.query.get("ended"), request.texts()),
        providers: other_providers(request),
        has_password: has_password(request),
        has_passkeys: passkey::is_offered(request),
        has_code: has_code(request),
        unknown_passkey,
        problem,
    };
    request.page_with(status, &page)
}

pub(crate) async fn sign_in(request: SharedRequest) -> Answer {
    request.form.only(&["email", "password", "next"])?;
    if !has_password(&request) {
        return Err(Failure::NotFound);
    }
    let body: Map<_, _> = [
        ("email".to_owned(), json!(request.form.get("email"))),
        ("password".to_owned(), json!(request.form.get("password"))),
    ]
    .into_iter()
    .collect();
    let input = AuthInput { body, ..AuthInput::default() };
    match request.flows().sign_in("user", EMAILPASS, &input, &request.client).await {
        Ok(begun) => continue_sign_in(&request, begun, request.form.get("next")).await,
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            form(&request, status, Some(problem))
        }
    }
}

fn holds_passwords(request: &PageRequest, provider: &str) -> bool {
    request.flows().auth().find_provider(provider).is_some_and(|provider| provider.holds_passwords())
}

/// Continues after a sign-in: to the pages, or to the step that is due.
pub(crate) async fn continue_sign_in(request: &PageRequest, begun: SignIn, next: &str) -> Answer {
    let next = next_page(next);
    match begun {
        // A sign-in elsewhere that is no account's yet goes on as what it was begun for, or is explained.
        SignIn::Session(token) if token.actor_id.is_empty() && !holds_passwords(request, &token.auth_provider) => {
            let next = if next.starts_with("/app/invite?token=") { next } else { "/app/sign-up" };
            request.enter(&token.sid, next).await
        }
        SignIn::Session(token) if token.actor_id.is_empty() => {
            let message = request.texts().not_a_user.to_owned();
            form(request, StatusCode::FORBIDDEN, Some(message))
        }
        SignIn::Session(token) => request.enter_known(&token, next).await,
        SignIn::Challenge { token, .. } => {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            request.enter(&token.sid, &format!("/app/login/factor?next={next}")).await
        }
        SignIn::Verification { token, .. } => {
            if let Ok(identity) = token.auth_identity_id.parse() {
                let (actor_type, provider) = (&token.actor_type, &token.auth_provider);
                request.flows().send_first_verification(identity, actor_type, provider, &request.context()).await?;
            }
            request.enter(&token.sid, "/app/verify").await
        }
        // A provider of passkeys is begun by the page's script, not by a form.
        SignIn::Ceremony(_) => Err(Failure::NotFound),
        // Not by a status: the content security policy forbids a form to end on another site, also through a redirect.
        // It begins on a page of its own.
        SignIn::CodeSent { .. } => request.go("/app/login/code"),
        SignIn::Redirect { location } => request.page(&ElsewherePage { frame: request.frame(), location }),
    }
}

pub(crate) async fn sign_out(request: SharedRequest) -> Answer {
    request.form.only(&["next"])?;
    if let Some(caller) = &request.caller {
        request.flows().sign_out(caller, &request.context()).await?;
    }
    match request.form.get("next") {
        "" => request.leave("/app/login?done=signed-out"),
        next => request.leave(next_page(next)),
    }
}
