//! `/auth/session`: exchanges a token for a cookie, and ends the session.

use axum::response::Response;
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde_json::json;
use vestibule_flows::{Credential, Stage};

use crate::request::RawBody;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;
use vestibule_web::cookies;

/// Sets a cookie for the session of a bearer token. If the request has a session cookie, that session ends: the browser has signed in again.
#[utoipa::path(
    post, path = "/auth/session", operation_id = "create_session", tag = "auth",
    responses((status = 200, body = schemas::SessionUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = [])),
)]
pub(crate) async fn create(
    state: State,
    caller: Authenticated,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, Problem> {
    body.read_nothing()?;
    let claims = state.flows.claims(&caller.caller).await?.ok_or_else(Problem::unauthorized)?;
    let client = &caller.context.client;
    let mut older = None;
    for secret in cookies::read(&headers, state.https) {
        older = state.flows.identify(Credential::Cookie(secret), || client.clone()).await?;
        if older.is_some() {
            break;
        }
    }
    let given = state.flows.give_cookie(caller.caller.session_id, older.as_ref(), client).await?;
    let secret = given.ok_or_else(Problem::unauthorized)?;
    let mut response = respond::whole("user", &claims);
    response.headers_mut().insert(SET_COOKIE, cookies::set(&secret, state.https));
    // This client stores cookies. Until the second factor is verified, it is not a known device of the owner.
    if caller.caller.stage == Stage::Full
        && caller.caller.actor_id.is_some()
        && let Some(known) = state.flows.remember_device(caller.caller.auth_identity_id, &caller.context.client).await?
    {
        let now = state.flows.environment().now();
        response.headers_mut().append(SET_COOKIE, cookies::set_device(&known, now, state.https));
    }
    Ok(response)
}

/// Ends the session. Its tokens and its cookie no longer work.
#[utoipa::path(
    delete, path = "/auth/session", operation_id = "delete_session", tag = "auth",
    responses((status = 200, body = schemas::Success), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(state: State, caller: Authenticated, body: RawBody) -> Result<Response, Problem> {
    body.read_nothing()?;
    state.flows.sign_out(&caller.caller, &caller.context).await?;
    let mut response = respond::json(&json!({ "success": true }));
    response.headers_mut().insert(SET_COOKIE, cookies::clear(state.https));
    Ok(response)
}
