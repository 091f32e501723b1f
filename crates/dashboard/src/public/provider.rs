//! Signs in with a provider other than the password, and links one with the account.

use http::StatusCode;
use http::header::SET_COOKIE;
use serde_json::{Map, Value as Json};
use vestibule_auth::{AuthInput, AuthenticateError, Browser};
use vestibule_flows::{FreshProof, LinkProviderError, ReturnedIdentity, SignIn, Stage, USER};
use vestibule_web::cookies;

use super::login::{self, continue_sign_in};
use crate::failure::Failure;
use crate::profile::methods;
use crate::request::{Answer, PageRequest, SharedRequest, next_page};

/// Where a sign-in continues that was begun to link its provider.
const LINK: &str = "/app/profile/methods";

/// Starts a sign-in: redirects to the provider, or completes at once.
pub(crate) async fn start(request: SharedRequest) -> Answer {
    request.form.only(&["next"])?;
    let next = next_page(request.form.get("next")).to_owned();
    if next.starts_with(LINK) {
        return Err(Failure::NotFound);
    }
    begin(&request, next).await
}

/// Starts to link a provider. The account's side is proved now, the identity's at the provider.
pub(crate) async fn start_link(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    request.context().check_access_change()?;
    begin(&request, LINK.to_owned()).await
}

async fn begin(request: &PageRequest, next: String) -> Answer {
    let provider: String = request.parameter(0)?;
    let site = &request.dashboard.web.site;
    let (browser, cookie) = cookies::begin_sign_in(&request.client.browser, request.flows().environment(), site);
    let mut input = input(request, &provider, Map::new(), browser);
    input.continue_to = Some(next.clone());
    let begun = match request.flows().sign_in(USER, &provider, &input, &request.client).await {
        Ok(begun) => begun,
        Err(error) => return refused(request, error).await,
    };
    let cookie = cookie.filter(|_| matches!(begun, SignIn::Redirect { .. }));
    let mut response = continue_sign_in(request, begun, &next).await?;
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// Continues after the provider has redirected back.
pub(crate) async fn callback(request: SharedRequest) -> Answer {
    let provider: String = request.parameter(0)?;
    let query = request.query.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let input = input(&request, &provider, query, request.client.browser.clone());
    let returned = match request.flows().complete_redirect(USER, &provider, &input, &request.client).await {
        Ok(returned) => returned,
        Err(error) => return refused(&request, error).await,
    };
    let next = returned.continue_to.clone().unwrap_or_default();
    if next == LINK {
        return link(&request, &provider, &returned).await;
    }
    let begun = match request.flows().begin_returned_session(returned, USER, &provider, &request.client).await {
        Ok(begun) => begun,
        Err(error) => return refused(&request, error).await,
    };
    continue_sign_in(&request, begun, &next).await
}

/// What a provider posts of its response, and the page reads.
const POSTED: [&str; 5] = ["state", "code", "error", "error_description", "iss"];

/// The longest response that is posted, in bytes: it has to fit into a URL.
const LONGEST: usize = 16 * 1024;

/// Continues where a provider has the browser post its response from its own website. Such a request has no cookies, and
/// nothing is done with it: the same response goes to [`callback`], by a request that has them.
pub(crate) async fn posted(request: SharedRequest) -> Answer {
    let provider: String = request.parameter(0)?;
    let found = request.flows().auth().providers_of(USER).find(|found| found.identifier() == provider);
    if !found.is_some_and(|found| found.posts_response()) {
        return Err(Failure::NotFound);
    }
    if request.form.iter().map(|(_, value)| value.len()).sum::<usize>() > LONGEST {
        return Err(Failure::Unreadable("body"));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in POSTED {
        query.extend_pairs(request.form.all(name).map(|value| (name, value)));
    }
    request.go(&format!("{}?{}", request.path(), query.finish()))
}

/// Links the identity with the account of the user who is signed in.
async fn link(request: &PageRequest, provider: &str, returned: &ReturnedIdentity) -> Answer {
    let caller = request.caller.as_ref().filter(|caller| caller.user.is_some() && caller.stage == Stage::Full);
    let (Some(caller), Some(id)) = (caller, returned.id) else {
        let message = request.texts().not_a_user.to_owned();
        return login::form(request, StatusCode::UNAUTHORIZED, Some(message));
    };
    let linked =
        request.flows().link_provider(caller, &request.context(), (id, provider), &FreshProof::default()).await;
    match linked {
        Ok(()) => request.done("/app/profile", "linked"),
        Err(LinkProviderError::Proof(error)) => Err(error.into()),
        Err(error) => methods::refused(request, error.into()).await,
    }
}

/// Shows why a sign-in was refused: on the page on which it was begun.
async fn refused(request: &PageRequest, error: AuthenticateError) -> Answer {
    let failure = Failure::from(error);
    if request.is_in() {
        return methods::refused(request, failure).await;
    }
    match &failure {
        // The provider is at fault, not this service.
        Failure::Flow(problem) if problem.code() == Some("provider_unavailable") => {
            login::form(request, failure.status(), Some(failure.message(request.language)))
        }
        _ => {
            let (status, problem) = failure.problem(request.language)?;
            login::form(request, status, Some(problem))
        }
    }
}

/// What the provider sees of a request: it sends the browser back to the page, and not to the API.
fn input(request: &PageRequest, provider: &str, query: Map<String, Json>, browser: Browser) -> AuthInput {
    let dashboard = &request.dashboard;
    let callback_url = Some(dashboard.address(&format!("/app/login/callback/{provider}")));
    AuthInput { query, actor_type: USER.to_owned(), browser, callback_url, ..AuthInput::default() }
}
