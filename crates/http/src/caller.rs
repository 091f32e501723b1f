//! Who is behind a request, and what a route asks of him.
//!
//! A route names what it needs by the type of its first argument: [`SignedIn`] for a user, [`Known`] for anybody with
//! a session, nothing for everybody. What is not asked for cannot be had.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use vestibule_database::Error;
use vestibule_flows::{Caller, Credential};
use vestibule_user::User;

use crate::{Api, ApiError, cookies};

/// A user.
pub struct SignedIn {
    /// Who.
    pub user: User,
}

/// Anybody with a session, also before he is a user.
pub struct Known(pub Caller);

impl FromRequestParts<Arc<Api>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let caller = identify(&parts.headers, api).await?;
        let user = caller.and_then(|caller| caller.user).ok_or_else(ApiError::unauthorized)?;
        Ok(Self { user })
    }
}

impl FromRequestParts<Arc<Api>> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        identify(&parts.headers, api).await?.map(Self).ok_or_else(ApiError::unauthorized)
    }
}

/// Anybody with a session who shows it by a bearer token.
pub struct KnownByBearer(pub Caller);

impl FromRequestParts<Arc<Api>> for KnownByBearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        let caller = api.flows.identify(Credential::Bearer(token)).await?;
        caller.map(Self).ok_or_else(ApiError::unauthorized)
    }
}

/// The cookie counts where it is good, as in the reference; else the bearer token.
async fn identify(headers: &HeaderMap, api: &Api) -> Result<Option<Caller>, Error> {
    if let Some(secret) = cookies::read(headers, api.https)
        && let Some(caller) = api.flows.identify(Credential::Cookie(secret)).await?
    {
        return Ok(Some(caller));
    }
    match bearer(headers) {
        Some(token) => api.flows.identify(Credential::Bearer(token)).await,
        None => Ok(None),
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) =
        headers.get(AUTHORIZATION).map(HeaderValue::to_str)?.ok()?.trim().split_once(char::is_whitespace)?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
