//! `POST /auth/token/refresh`

use axum::response::Response;

use super::respond_sign_in;
use crate::request::RawBody;
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

/// A new token of the same session. After an invite was accepted, the token of a user. Where a second factor or a verification is due, it says so again.
#[utoipa::path(
    post, path = "/auth/token/refresh", operation_id = "refresh_token", tag = "auth",
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn refresh(state: State, caller: Authenticated, body: RawBody) -> Result<Response, Problem> {
    body.read_nothing()?;
    let sign_in = state.flows.refresh(&caller.caller).await?.ok_or_else(Problem::unauthorized)?;
    Ok(respond_sign_in(&sign_in))
}
