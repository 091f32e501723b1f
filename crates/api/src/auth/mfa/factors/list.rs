//! `GET /auth/mfa/factors`

use axum::response::Response;

use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

/// Lists the caller's second factors, without their secrets, including removed ones.
#[utoipa::path(
    get, path = "/auth/mfa/factors", operation_id = "list_mfa_factors", tag = "mfa",
    responses((status = 200, body = schemas::MfaFactors), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, caller: Authenticated) -> Result<Response, Problem> {
    let factors = state.flows.list_mfa(&caller.caller).await?;
    Ok(respond::whole("mfa_factors", &factors))
}
