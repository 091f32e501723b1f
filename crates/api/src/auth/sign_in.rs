//! `/auth/{actor_type}/{provider}` and its callback.

use axum::response::Response;
use http::header::SET_COOKIE;
use serde_json::{Map, Value as Json};
use vestibule_auth::{AuthInput, Browser};
use vestibule_flows::SignIn;

use super::{ProviderPath, respond_sign_in};
use crate::request::{InvalidRequest, Parameter, Path, Query, RawBody};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;
use vestibule_web::cookies;

/// Signs in with the fields that the provider requires: `email` and `password` for `emailpass`.
#[utoipa::path(
    post, path = "/auth/{actor_type}/{provider}", operation_id = "sign_in", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)), request_body = schemas::Credentials,
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 429, body = schemas::Error)),
)]
pub(crate) async fn sign_in(
    state: State,
    from: ClientInfo,
    Path(path): Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    let path = ProviderPath::check(&state, path)?;
    let (browser, cookie) = cookies::begin_sign_in(&from.0.browser, state.flows.environment(), state.https);
    let input = path.input(&body, &query, browser)?;
    let signed_in = state.flows.sign_in(&path.actor_type, &path.provider, &input, &from.0).await?;
    let mut response = respond_sign_in(&signed_in);
    if let (SignIn::Redirect { .. }, Some(cookie)) = (&signed_in, cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Starts a sign-in with a provider that redirects: the same without a body.
#[utoipa::path(
    get, path = "/auth/{actor_type}/{provider}", operation_id = "sign_in_by_query", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)),
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 429, body = schemas::Error)),
)]
pub(crate) async fn sign_in_by_query(
    state: State,
    from: ClientInfo,
    path: Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    sign_in(state, from, path, query, body).await
}

/// Continues a sign-in after the provider has redirected back.
#[utoipa::path(
    post, path = "/auth/{actor_type}/{provider}/callback", operation_id = "validate_callback", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)),
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 429, body = schemas::Error)),
)]
pub(crate) async fn callback(
    state: State,
    from: ClientInfo,
    Path(path): Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    let path = ProviderPath::check(&state, path)?;
    let input = path.input(&body, &query, from.0.browser.clone())?;
    Ok(respond_sign_in(&state.flows.sign_in_by_callback(&path.actor_type, &path.provider, &input, &from.0).await?))
}

/// The same with the query only.
#[utoipa::path(
    get, path = "/auth/{actor_type}/{provider}/callback", operation_id = "validate_callback_by_query", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)),
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 429, body = schemas::Error)),
)]
pub(crate) async fn callback_by_query(
    state: State,
    from: ClientInfo,
    path: Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    callback(state, from, path, query, body).await
}

impl ProviderPath {
    /// What a provider sees of a request.
    fn input(&self, body: &RawBody, query: &Query, browser: Browser) -> Result<AuthInput, InvalidRequest> {
        let actor_type = self.actor_type.clone();
        Ok(AuthInput { body: self.read(body)?, query: texts(query), actor_type, browser, callback_url: None })
    }
}

/// Returns the text parameters of the query.
fn texts(query: &Query) -> Map<String, Json> {
    let texts = query.entries().iter().filter_map(|(name, parameter)| match parameter {
        Parameter::Text(text) => Some((name.clone(), Json::String(text.clone()))),
        _ => None,
    });
    texts.collect()
}
