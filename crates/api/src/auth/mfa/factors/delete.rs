//! `DELETE /auth/mfa/factors/{id}`

use vestibule_auth::mfa::MfaFactor;
use vestibule_flows::{DisableMfaError, FreshProof, FreshProofError};

use crate::openapi::describe;
use crate::request::{Path, RawBody, Secret, body};
use crate::respond::{self, One, Reply};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Removes a second factor.
    pub(crate) struct DisableMfaBody {
        /// How the code is checked: `totp` or `recovery_code`; by default either.
        method: Option<String>,
        /// A code, if the last proof of identity is more than ten minutes old.
        code: Option<Secret>,
        /// The password, if the account has no second factor; otherwise it is not accepted.
        password: Option<Secret>,
    }
}

/// Removes a second factor and its secret; removing the last one also removes the recovery codes. Requires a code if the last proof of identity is more than ten minutes old.
#[describe(operation("delete_mfa_factor", "mfa").optional_body::<DisableMfaBody>().errors(["404"]))]
pub(crate) async fn delete(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Reply<One<MfaFactor>> {
    let body: DisableMfaBody = body.read()?;
    let (code, password) = (body.code.map(Into::into), body.password.map(Into::into));
    let proof = FreshProof { method: body.method, code, password, answer: None };
    let disabled = state.flows.disable_mfa(&caller.caller, &caller.context, super::id(&id)?, &proof).await;
    let factor = disabled.map_err(|error| match error {
        DisableMfaError::Proof(FreshProofError::SignedOut) => Problem::unauthorized(),
        // The Medusa Admin asks for the code only if the message is this sentence.
        DisableMfaError::Proof(FreshProofError::CodeRequired) => {
            Problem::from(error).with_message_of_reference("MFA verification code is required to disable MFA")
        }
        error => error.into(),
    })?;
    Ok(respond::whole(&factor))
}
