//! `POST /auth/token/refresh`

use axum::response::Response;
use serde_json::json;

use crate::api::State;
use crate::caller::Known;
use crate::{ApiError, respond, schemas};

/// A new token of the same session. After an invite was accepted, the token of a user.
#[utoipa::path(
    post, path = "/auth/token/refresh", operation_id = "refresh_token", tag = "auth",
    responses((status = 200, body = schemas::Token), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn refresh(state: State, caller: Known) -> Result<Response, ApiError> {
    let claims = state.flows.auth().refresh_session(caller.0.session_id).await?.ok_or_else(ApiError::unauthorized)?;
    Ok(respond::json(&json!({ "token": claims.token })))
}
