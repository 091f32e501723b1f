//! `POST /auth/token/refresh`

use axum::response::Response;

use super::respond_sign_in;
use crate::request::RawBody;
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

/// Returns a new token of the same session. After the caller has accepted an invite, it is a user's token. If a second factor or a verification is due, the response says so again.
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
