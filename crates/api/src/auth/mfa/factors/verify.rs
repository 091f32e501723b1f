//! `POST /auth/mfa/factors/{id}/verify`

use axum::response::Response;
use vestibule_flows::VerifyFactorError;

use crate::request::{Path, RawBody, Secret, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Verifies a second factor.
    pub(crate) struct VerifyMfaBody {
        /// A code from the authenticator app.
        code: Secret,
    }
}

/// Verifies a second factor. A pending one is enabled, and every other session of its owner ends.
#[utoipa::path(
    post, path = "/auth/mfa/factors/{id}/verify", operation_id = "verify_mfa_factor", tag = "mfa", params(("id" = String, Path)), request_body = VerifyMfaBody,
    responses((status = 200, body = schemas::OneMfaFactor), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn verify(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: VerifyMfaBody = body.read()?;
    let verified = state.flows.verify_mfa(&caller.caller, &caller.context, super::id(&id)?, body.code.as_str()).await;
    let factor = verified.map_err(|error| match error {
        VerifyFactorError::SignedOut => Problem::unauthorized(),
        error => error.into(),
    })?;
    Ok(respond::whole("mfa_factor", &factor))
}
