//! `POST /auth/mfa/recovery-codes`

use axum::response::Response;
use serde_json::json;
use vestibule_auth::mfa::DEFAULT_RECOVERY_CODES;
use vestibule_flows::{FreshProof, FreshProofError, GenerateRecoveryCodesError};

use crate::request::{Int, NotNull, RawBody, Secret, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Generates recovery codes.
    pub(crate) struct RecoveryCodesBody {
        /// How many; by default ten.
        count: NotNull<Int<1, 50>>,
        /// How the code is checked: `totp` or `recovery_code`; by default either.
        method: Option<String>,
        /// A code, if the last proof of identity is more than ten minutes old.
        code: Option<Secret>,
        /// The password, if the account has no second factor; otherwise it is not accepted.
        password: Option<Secret>,
    }
}

/// Generates a new set of recovery codes, each good for one sign-in. Only this response contains them; the old set no longer works.
#[utoipa::path(
    post, path = "/auth/mfa/recovery-codes", operation_id = "generate_mfa_recovery_codes", tag = "mfa", request_body = RecoveryCodesBody,
    responses((status = 200, body = schemas::RecoveryCodes), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn generate(state: State, caller: Authenticated, body: RawBody) -> Result<Response, Problem> {
    let body: RecoveryCodesBody = body.read()?;
    let count = body.count.0.and_then(|count| u32::try_from(count.get()).ok()).unwrap_or(DEFAULT_RECOVERY_CODES);
    let proof =
        FreshProof { method: body.method, code: body.code.map(Into::into), password: body.password.map(Into::into) };
    let made = state.flows.generate_mfa_recovery_codes(&caller.caller, &caller.context, count, &proof).await;
    let codes = made.map_err(|error| match error {
        GenerateRecoveryCodesError::Proof(FreshProofError::SignedOut) => Problem::unauthorized(),
        error => error.into(),
    })?;
    Ok(respond::json(&json!({ "recovery_codes": codes.as_slice() })))
}
