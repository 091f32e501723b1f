//! `POST /auth/{actor_type}/{provider}/update`

use axum::response::Response;
use http::HeaderMap;
use serde_json::Value as Json;
use vestibule_auth::ResetPasswordError;
use vestibule_core::{EmailAddress, ErrorKind};
use vestibule_flows::Context;

use super::ProviderPath;
use crate::request::{InvalidRequest, Path, RawBody};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::{self, ClientInfo};

/// Sets a password with the token of a reset as bearer token, and ends every session of the account. `email` may be sent and must be the account's.
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
    let path = ProviderPath::check(&state, path)?;
    let body = body.read_object_of(&["email", "password"])?;
    let token = caller::bearer(&headers).ok_or(ResetPasswordError::InvalidToken)?;
    let pending = state.flows.find_password_reset(token, &path.actor_type, &path.provider).await?;
    // Older clients of the reference send it.
    if let Some(email) = body.get("email") {
        let is_own = email.as_str().is_some_and(|email| {
            EmailAddress::canonical_or_text(email) == EmailAddress::canonical_or_text(&pending.claims.entity_id)
        });
        if !is_own {
            let message = "Field 'email' must be the address that the token was sent to; leave it out";
            return Err(InvalidRequest::new(message).into());
        }
    }
    // The reference's message. The token remains valid.
    let password = body.get("password").and_then(Json::as_str).filter(|password| !password.is_empty());
    let password = password.ok_or_else(|| Problem::new(ErrorKind::Unauthorized, "Unauthorized"))?;
    let known = state.flows.reset_password(&pending, password, &Context::anonymous(client)).await?;
    Ok(super::respond_success_on(&state, &headers, &known))
}
