//! `POST /auth/{actor_type}/{provider}/update`

use axum::response::Response;
use http::HeaderMap;
use serde_json::Value as Json;
use vestibule_auth::ResetPasswordError;
use vestibule_core::{EmailAddress, ErrorKind};
use vestibule_flows::Context;

use super::Door;
use crate::request::{InvalidRequest, Path, RawBody};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::{self, ClientInfo};

/// Sets a password by the token of a reset, which is the bearer token here. Every session of its owner ends. `email` may be sent with it, and must be the account's own.
#[utoipa::path(
    post, path = "/auth/{actor_type}/{provider}/update", operation_id = "update_provider", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)), request_body = schemas::NewPassword,
    responses((status = 200, body = schemas::Success), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = [])),
)]
pub(crate) async fn update(
    state: State,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    Path(path): Path<(String, String)>,
    body: RawBody,
) -> Result<Response, Problem> {
    let door = Door::open(&state, path)?;
    let body = body.read_object_of(&["email", "password"])?;
    let token = caller::bearer(&headers).ok_or(ResetPasswordError::InvalidToken)?;
    let pending = state.flows.find_password_reset(token, &door.actor_type, &door.provider).await?;
    // The reference's older clients send it, too.
    if let Some(email) = body.get("email") {
        let is_own = email.as_str().is_some_and(|email| {
            EmailAddress::canonical_or_text(email) == EmailAddress::canonical_or_text(&pending.claims.entity_id)
        });
        if !is_own {
            let message = "Field 'email' must be the address that the token was sent to; leave it out";
            return Err(InvalidRequest::new(message).into());
        }
    }
    // In the reference's one word. The token stays good.
    let password = body.get("password").and_then(Json::as_str).filter(|password| !password.is_empty());
    let password = password.ok_or_else(|| Problem::new(ErrorKind::Unauthorized, "Unauthorized"))?;
    let known = state.flows.reset_password(&pending, password, &Context::anonymous(client)).await?;
    Ok(super::respond_success_on(&state, &headers, &known))
}
