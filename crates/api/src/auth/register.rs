//! `POST /auth/{actor_type}/{provider}/register`

use axum::response::Response;
use http::StatusCode;
use serde_json::Map;
use vestibule_auth::{AuthInput, AuthenticateError};

use super::{Door, respond_sign_in};
use crate::request::{Path, RawBody};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

/// Registers somebody, who can then accept an invite with the token.
#[utoipa::path(
    post, path = "/auth/{actor_type}/{provider}/register", operation_id = "register", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)), request_body = schemas::Credentials,
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 422, body = schemas::Error), (status = 429, body = schemas::Error)),
)]
pub(crate) async fn register(
    state: State,
    ClientInfo(client): ClientInfo,
    Path(path): Path<(String, String)>,
    body: RawBody,
) -> Result<Response, Problem> {
    let door = Door::open(&state, path)?;
    let input = AuthInput { body: door.read(&body)?, query: Map::new() };
    let registered = state.flows.register(&door.actor_type, &door.provider, &input, &client).await;
    // The Medusa Admin takes a 400 here for a dead invite and lets no other password be tried.
    let registered = registered.map_err(|error| match error {
        AuthenticateError::Weak(_) => Problem::from(error).with_status(StatusCode::UNPROCESSABLE_ENTITY),
        error => error.into(),
    })?;
    Ok(respond_sign_in(&registered))
}
