//! `POST /auth/{actor_type}/{provider}/update`

use axum::response::Response;
use http::HeaderMap;
use serde_json::Value as Json;
use vestibule_auth::ResetPasswordError;
use vestibule_core::ErrorKind;
use vestibule_flows::By;

use super::Door;
use crate::api::State;
use crate::caller::{self, ClientInfo};
use crate::request::{Path, RawBody};
use crate::{ApiError, schemas};

/// Sets a password by the token of a reset, which is the bearer token here. Every session of its owner ends. Fields but `password` are passed over, as in the reference.
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
) -> Result<Response, ApiError> {
    let door = Door::open(&state, path)?;
    let body = body.read_object()?;
    let token = caller::bearer(&headers).ok_or(ResetPasswordError::InvalidToken)?;
    let pending = state.flows.find_password_reset(token, &door.actor_type, &door.provider).await?;
    // In the reference's one word. The token stays good.
    let password = body.get("password").and_then(Json::as_str).filter(|password| !password.is_empty());
    let password = password.ok_or_else(|| ApiError::new(ErrorKind::Unauthorized, "Unauthorized"))?;
    let known = state.flows.reset_password(&pending, password, &By::nobody(client)).await?;
    Ok(super::respond_success_on(&state, &known))
}
