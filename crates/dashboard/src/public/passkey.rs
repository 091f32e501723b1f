//! Signs in with a passkey. The script of the pages asks for a challenge, and sends the browser's answer as a form.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value as Json, json};
use vestibule_auth::mfa::BrowserCeremony;
use vestibule_auth::{AuthInput, AuthenticateError, Browser};
use vestibule_flows::{SignIn, USER};
use vestibule_web::cookies;

use super::login::{self, continue_sign_in};
use crate::failure::Failure;
use crate::request::{Answer, PageRequest, SharedRequest};

/// Whether users may sign in with a passkey.
pub(crate) fn is_offered(request: &PageRequest) -> bool {
    request.flows().auth().ceremony_provider_of(USER).is_some()
}

fn provider(request: &PageRequest) -> Result<&str, Failure> {
    let found = request.flows().auth().ceremony_provider_of(USER);
    found.map(|provider| provider.identifier()).ok_or(Failure::NotFound)
}

/// A response for the script.
pub(crate) fn for_script(ceremony: &BrowserCeremony, cookie: Option<HeaderValue>) -> Answer {
    let mut response: Response = json!(ceremony).to_string().into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// The browser in which a ceremony begins, and its cookie.
pub(crate) fn browser(request: &PageRequest) -> (Browser, Option<HeaderValue>) {
    let site = &request.dashboard.web.site;
    cookies::begin_sign_in(&request.client.browser, request.flows().environment(), site)
}

/// What the browser has answered, as a form sends it; nothing where it is not a JSON object.
pub(crate) fn answer_of(text: &str) -> Option<Map<String, Json>> {
    serde_json::from_str::<Json>(text).ok()?.as_object().cloned()
}

/// What a provider reads of an answer.
pub(crate) fn input(request: &PageRequest) -> AuthInput {
    let answer = answer_of(request.form.get("answer")).unwrap_or_default();
    let fields = [("state", request.form.get("state").into()), ("answer", Json::Object(answer))];
    let (actor_type, browser) = (USER.to_owned(), request.client.browser.clone());
    AuthInput { actor_type, browser, ..AuthInput::body(fields) }
}

pub(crate) async fn begin(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let provider = provider(&request)?;
    let (browser, cookie) = browser(&request);
    let input = AuthInput { actor_type: USER.to_owned(), browser, ..AuthInput::default() };
    match request.flows().sign_in(USER, provider, &input, &request.client).await? {
        SignIn::Ceremony(ceremony) => for_script(&ceremony, cookie),
        _ => Err(Failure::NotFound),
    }
}

pub(crate) async fn sign_in(request: SharedRequest) -> Answer {
    request.form.only(&["state", "answer", "next"])?;
    let provider = provider(&request)?;
    let signed_in = request.flows().sign_in_by_callback(USER, provider, &input(&request), &request.client).await;
    match signed_in {
        Ok(returned) => continue_sign_in(&request, returned.sign_in, request.form.get("next")).await,
        // Its message is for programs.
        Err(AuthenticateError::Invalid(_)) => {
            login::form(&request, StatusCode::BAD_REQUEST, Some(request.texts().passkey_failed.to_owned()))
        }
        Err(error) => {
            let failure = Failure::from(error);
            let unknown = (failure.code() == Some("passkey_unknown")).then(|| unknown(&request)).flatten();
            let (status, problem) = failure.problem(request.language)?;
            login::form_after(&request, status, Some(problem), unknown)
        }
    }
}

/// What the browser needs to forget a passkey that no account has (WebAuthn 3, 5.1.10), as JSON.
fn unknown(request: &PageRequest) -> Option<String> {
    let answer = answer_of(request.form.get("answer"))?;
    let id = answer.get("id")?.as_str()?;
    Some(json!({ "rpId": relying_party(request)?, "credentialId": id }).to_string())
}

/// The relying party's id: the host of the public URL.
pub(crate) fn relying_party(request: &PageRequest) -> Option<String> {
    let site = request.dashboard.public_url.parse::<http::Uri>().ok()?;
    site.host().map(str::to_owned)
}
