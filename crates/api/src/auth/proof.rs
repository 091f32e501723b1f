//! `POST /auth/proof`, which the reference lacks: a fresh proof of identity, for what creates or widens access.

use axum::response::Response;
use serde_json::json;
use vestibule_flows::FreshProof;

use crate::request::{RawBody, Secret, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Proves the caller's identity again.
    pub(crate) struct ProofBody {
        /// The password, if the account has no second factor.
        password: Option<Secret>,
        /// A code of the second factor, or a recovery code.
        code: Option<Secret>,
        /// How the code is checked: `totp` or `recovery_code`; by default either.
        method: Option<String>,
    }
}

/// Proves the caller's identity again. For ten minutes (`auth.fresh_proof_lifetime`) the session can then do what creates or widens access. An account with a second factor needs a code; its password is not accepted.
#[utoipa::path(
    post, path = "/auth/proof", operation_id = "prove_session", tag = "auth", request_body = ProofBody,
    responses((status = 200, body = schemas::ProvedSession), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn prove(state: State, caller: Authenticated, body: RawBody) -> Result<Response, Problem> {
    let body: ProofBody = body.read()?;
    let proof =
        FreshProof { method: body.method, code: body.code.map(Into::into), password: body.password.map(Into::into) };
    let expires_at = state.flows.prove(&caller.caller, &proof, &caller.context).await?;
    Ok(respond::json(&json!({ "proof": { "expires_at": expires_at } })))
}
