//! Signs in with a provider other than the password.

use http::header::SET_COOKIE;
use serde_json::{Map, Value as Json};
use vestibule_auth::{AuthInput, Browser};
use vestibule_flows::{SignIn, USER};
use vestibule_web::cookies;

use super::login::continue_sign_in;
use crate::request::{Answer, SharedRequest, next_page};

/// Starts a sign-in: redirects to the provider, or completes at once.
pub(crate) async fn start(request: SharedRequest) -> Answer {
    request.form.only(&["next"])?;
    let provider: String = request.parameter(0)?;
    let https = request.dashboard.web.https;
    let (browser, cookie) = cookies::begin_sign_in(&request.client.browser, request.flows().environment(), https);
    let mut input = input(&request, &provider, Map::new(), browser);
    input.continue_to = Some(next_page(request.form.get("next")).to_owned());
    let begun = request.flows().sign_in(USER, &provider, &input, &request.client).await?;
    let cookie = cookie.filter(|_| matches!(begun, SignIn::Redirect { .. }));
    let mut response = continue_sign_in(&request, begun, request.form.get("next")).await?;
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// Continues after the provider has redirected back.
pub(crate) async fn callback(request: SharedRequest) -> Answer {
    let provider: String = request.parameter(0)?;
    let query = request.query.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let input = input(&request, &provider, query, request.client.browser.clone());
    let returned = request.flows().sign_in_by_callback(USER, &provider, &input, &request.client).await?;
    continue_sign_in(&request, returned.sign_in, returned.continue_to.as_deref().unwrap_or_default()).await
}

/// What the provider sees of a request: it sends the browser back to the page, and not to the API.
fn input(request: &SharedRequest, provider: &str, query: Map<String, Json>, browser: Browser) -> AuthInput {
    let dashboard = &request.dashboard;
    let callback = dashboard.outside(&format!("/app/login/callback/{provider}"));
    let callback_url = Some(format!("{}{callback}", dashboard.public_url));
    AuthInput { query, actor_type: USER.to_owned(), browser, callback_url, ..AuthInput::default() }
}
