//! `DELETE /auth/mfa/factors/{id}`

use axum::response::Response;
use vestibule_flows::{DisableMfaError, FreshProof, FreshProofError};

use crate::request::{Path, RawBody, Secret, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Gives a second factor up.
    pub(crate) struct DisableMfaBody {
        /// By what the code is to be right: `totp` or `recovery_code`; by either where nothing is said.
        method: Option<String>,
        /// A code, where the sign-in is more than ten minutes ago.
        code: Option<Secret>,
        /// The password, where the account has no second factor: else it is no proof.
        password: Option<Secret>,
    }
}

/// Gives a second factor up: its secret is wiped, and with the last one the recovery codes go. Asks for a code where the last proof of identity is more than ten minutes old.
#[utoipa::path(
    delete, path = "/auth/mfa/factors/{id}", operation_id = "delete_mfa_factor", tag = "mfa", params(("id" = String, Path)), request_body(content = Option<DisableMfaBody>),
    responses((status = 200, body = schemas::OneMfaFactor), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: DisableMfaBody = body.read()?;
    let proof =
        FreshProof { method: body.method, code: body.code.map(Into::into), password: body.password.map(Into::into) };
    let disabled = state.flows.disable_mfa(&caller.caller, &caller.context, super::id(&id)?, &proof).await;
    let factor = disabled.map_err(|error| match error {
        DisableMfaError::Proof(FreshProofError::SignedOut) => Problem::unauthorized(),
        // The Medusa Admin asks for the code if the message has this sentence, and gives up otherwise.
        DisableMfaError::Proof(FreshProofError::CodeRequired) => {
            Problem::from(error).with_message_of_reference("MFA verification code is required to disable MFA")
        }
        error => error.into(),
    })?;
    Ok(respond::whole("mfa_factor", &factor))
}
