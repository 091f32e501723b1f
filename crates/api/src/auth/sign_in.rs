//! `/auth/{actor_type}/{provider}` and its callback.

use axum::response::Response;
use serde_json::{Map, Value as Json};
use vestibule_auth::AuthInput;

use super::{Door, respond_sign_in};
use crate::request::{Parameter, Path, Query, RawBody};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

/// Signs somebody in, by what he sends: with `emailpass`, `email` and `password`.
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
    let door = Door::open(&state, path)?;
    let input = AuthInput { body: door.read(&body)?, query: texts(&query) };
    Ok(respond_sign_in(&state.flows.sign_in(&door.actor_type, &door.provider, &input, &from.0).await?))
}

/// Starts with a provider that redirects: the same with nothing in the body.
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

/// Goes on where a provider's redirect has led back to.
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
    let door = Door::open(&state, path)?;
    let input = AuthInput { body: door.read(&body)?, query: texts(&query) };
    Ok(respond_sign_in(&state.flows.sign_in_by_callback(&door.actor_type, &door.provider, &input, &from.0).await?))
}

/// The same, by the query alone.
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

/// The query as a provider sees it: its texts.
fn texts(query: &Query) -> Map<String, Json> {
    let texts = query.entries().iter().filter_map(|(name, parameter)| match parameter {
        Parameter::Text(text) => Some((name.clone(), Json::String(text.clone()))),
        _ => None,
    });
    texts.collect()
}
