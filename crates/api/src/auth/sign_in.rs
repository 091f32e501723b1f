//! `/auth/{actor_type}/{provider}` and its callback.

use http::header::SET_COOKIE;
use serde_json::{Map, Value as Json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use vestibule_auth::{AuthInput, Browser};
use vestibule_core::EmailAddress;
use vestibule_flows::SignIn;

use super::{ProviderPath, SignedIn};
use crate::openapi::describe;
use crate::request::body::BodySchema;
use crate::request::{InvalidRequest, Parameter, Path, Query, RawBody, Secret};
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;
use vestibule_web::cookies;

/// What `emailpass` reads of a body. Other providers require other fields.
pub(crate) struct Credentials;

impl PartialSchema for Credentials {
    fn schema() -> RefOr<Schema> {
        BodySchema::open("The credentials of the provider with passwords. Other providers require others.")
            .field::<EmailAddress>("email", "")
            .field::<Secret>("password", "")
            .build()
    }
}

impl ToSchema for Credentials {}

/// Signs in with the fields that the provider requires: `email` and `password` for `emailpass`.
#[describe(operation("sign_in", "auth").body::<Credentials>().errors(["401"]))]
pub(crate) async fn sign_in(
    state: State,
    from: ClientInfo,
    Path(path): Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Reply<SignedIn> {
    let path = ProviderPath::check(&state, path)?;
    let (browser, cookie) = cookies::begin_sign_in(&from.0.browser, state.flows.environment(), &state.site);
    let mut input = path.input(&body, &query, browser)?;
    input.client_address = from.0.address;
    let signed_in = state.flows.sign_in(&path.actor_type, &path.provider, &input, &from.0).await?;
    let comes_back = matches!(signed_in, SignIn::Redirect { .. } | SignIn::Ceremony(_) | SignIn::CodeSent { .. });
    let mut response = respond::json(&SignedIn::from(signed_in));
    if let (true, Some(cookie)) = (comes_back, cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Starts a sign-in with a provider that redirects: the same without a body.
#[describe(operation("sign_in_by_query", "auth").errors(["401"]))]
pub(crate) async fn sign_in_by_query(
    state: State,
    from: ClientInfo,
    path: Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Reply<SignedIn> {
    sign_in(state, from, path, query, body).await
}

/// Continues a sign-in after the provider has redirected back.
#[describe(operation("validate_callback", "auth").errors(["401"]))]
pub(crate) async fn callback(
    state: State,
    from: ClientInfo,
    Path(path): Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Reply<SignedIn> {
    let path = ProviderPath::check(&state, path)?;
    let input = path.input(&body, &query, from.0.browser.clone())?;
    let returned = state.flows.sign_in_by_callback(&path.actor_type, &path.provider, &input, &from.0).await?;
    Ok(respond::json(&SignedIn::from(returned.sign_in)))
}

/// The same with the query only.
#[describe(operation("validate_callback_by_query", "auth").errors(["401"]))]
pub(crate) async fn callback_by_query(
    state: State,
    from: ClientInfo,
    path: Path<(String, String)>,
    query: Query,
    body: RawBody,
) -> Reply<SignedIn> {
    callback(state, from, path, query, body).await
}

impl ProviderPath {
    /// What a provider sees of a request.
    fn input(&self, body: &RawBody, query: &Query, browser: Browser) -> Result<AuthInput, InvalidRequest> {
        let actor_type = self.actor_type.clone();
        Ok(AuthInput { body: self.read(body)?, query: texts(query), actor_type, browser, ..AuthInput::default() })
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
