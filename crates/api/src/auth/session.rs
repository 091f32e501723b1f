//! `/auth/session`: exchanges a token for a cookie, and ends the session.

use http::HeaderMap;
use http::header::SET_COOKIE;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::SessionToken;
use vestibule_flows::{Credential, Stage};

use crate::openapi::describe;
use crate::request::RawBody;
use crate::respond::{self, Reply, Success};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;
use vestibule_web::cookies;

#[derive(Serialize, ToSchema)]
pub(crate) struct SessionUser {
    user: SessionToken,
}

/// Sets a cookie for the session of a bearer token. If the request has a session cookie, that session ends: the browser has signed in again.
#[describe(operation("create_session", "auth"))]
pub(crate) async fn create(
    state: State,
    caller: Authenticated,
    headers: HeaderMap,
    body: RawBody,
) -> Reply<SessionUser> {
    body.read_nothing()?;
    let claims = state.flows.claims(&caller.caller).await?.ok_or_else(Problem::unauthorized)?;
    let client = &caller.context.client;
    let mut older = None;
    for secret in cookies::read(&headers, &state.site) {
        older = state.flows.identify(Credential::Cookie(secret), || client.clone()).await?;
        if older.is_some() {
            break;
        }
    }
    let given = state.flows.give_cookie(caller.caller.session_id, older.as_ref(), client).await?;
    let secret = given.ok_or_else(Problem::unauthorized)?;
    let mut response = respond::json(&SessionUser { user: claims });
    response.headers_mut().insert(SET_COOKIE, cookies::set(&secret, &state.site));
    // This client stores cookies. Until the second factor is verified, it is not a known device of the owner.
    if caller.caller.stage == Stage::Full
        && caller.caller.actor_id.is_some()
        && let Some(known) = state.flows.remember_device(caller.caller.auth_identity_id, &caller.context.client).await?
    {
        let now = state.flows.environment().now();
        response.headers_mut().append(SET_COOKIE, cookies::set_device(&known, now, &state.site));
    }
    Ok(response)
}

/// Ends the session. Its tokens and its cookie no longer work.
#[describe(operation("delete_session", "auth"))]
pub(crate) async fn delete(state: State, caller: Authenticated, body: RawBody) -> Reply<Success> {
    body.read_nothing()?;
    state.flows.sign_out(&caller.caller, &caller.context).await?;
    let mut response = respond::success();
    response.headers_mut().insert(SET_COOKIE, cookies::clear(&state.site));
    Ok(response)
}
