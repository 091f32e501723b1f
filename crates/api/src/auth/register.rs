//! `POST /auth/{actor_type}/{provider}/register`

use axum::response::Response;
use http::StatusCode;
use vestibule_auth::{AuthInput, AuthenticateError};

use super::{ProviderPath, respond_sign_in};
use crate::request::{Path, RawBody};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

/// Registers an identity, which can then accept an invite with the token.
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
    let path = ProviderPath::check(&state, path)?;
    let input = AuthInput { body: path.read(&body)?, ..AuthInput::default() };
    let registered = state.flows.register(&path.actor_type, &path.provider, &input, &client).await;
    // On a 400 the Medusa Admin reports an invalid invite and lets the user try no other password.
    let registered = registered.map_err(|error| match error {
        AuthenticateError::Weak(_) => Problem::from(error).with_status(StatusCode::UNPROCESSABLE_ENTITY),
        error => error.into(),
    })?;
    Ok(respond_sign_in(&registered))
}
