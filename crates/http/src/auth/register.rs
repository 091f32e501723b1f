//! `POST /auth/{actor_type}/{provider}/register`

use axum::response::Response;
use serde_json::Map;
use vestibule_auth::AuthInput;

use super::{Door, respond_sign_in};
use crate::api::State;
use crate::caller::ClientInfo;
use crate::request::{Path, RawBody};
use crate::{ApiError, schemas};

/// Registers somebody, who can then accept an invite with the token.
#[utoipa::path(
    post, path = "/auth/{actor_type}/{provider}/register", operation_id = "register", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)), request_body = schemas::Credentials,
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 429, body = schemas::Error)),
)]
pub(crate) async fn register(
    state: State,
    ClientInfo(client): ClientInfo,
    Path(path): Path<(String, String)>,
    body: RawBody,
) -> Result<Response, ApiError> {
    let door = Door::open(&state, path)?;
    let input = AuthInput { body: body.read_object()?, query: Map::new() };
    Ok(respond_sign_in(&state.flows.register(&door.actor_type, &door.provider, &input, &client).await?))
}
