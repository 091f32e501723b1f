//! `POST /auth/mfa/challenges/{id}/verify`

use axum::response::Response;
use vestibule_auth::mfa::VerifyChallengeError;

use crate::auth::respond_sign_in;
use crate::request::{Path, RawBody, Secret, body};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Verifies a challenge.
    pub(crate) struct VerifyChallengeBody {
        /// `totp`, `recovery_code`, …: one of the challenge's methods.
        method: String,
        /// A code from the authenticator app, or a recovery code.
        code: Secret,
    }
}

/// Verifies the challenge of a sign-in whose second factor is due, and returns the full token.
#[utoipa::path(
    post, path = "/auth/mfa/challenges/{id}/verify", operation_id = "verify_mfa_challenge", tag = "mfa", params(("id" = String, Path)), request_body = VerifyChallengeBody,
    responses((status = 200, body = schemas::SignedIn), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 404, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn verify(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: VerifyChallengeBody = body.read()?;
    // Text that is not an id matches no challenge.
    let id = id.parse().map_err(|_| VerifyChallengeError::NotFound(id))?;
    let (method, code) = (&body.method, body.code.as_str());
    let sign_in = state.flows.verify_mfa_challenge(&caller.caller, &caller.context.client, id, method, code).await?;
    Ok(respond_sign_in(&sign_in))
}
