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
    /// Makes recovery codes.
    pub(crate) struct RecoveryCodesBody {
        /// How many; ten where nothing is said.
        count: NotNull<Int<1, 50>>,
        /// By what the code is to be right: `totp` or `recovery_code`; by either where nothing is said.
        method: Option<String>,
        /// A code, where the sign-in is more than ten minutes ago.
        code: Option<Secret>,
        /// The password, where the account has no second factor: else it is no proof.
        password: Option<Secret>,
    }
}

/// Makes a new set of recovery codes, each good for one sign-in. They are shown in this answer and never again; the old set is dead.
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
