//! `POST /auth/mfa/recovery-codes`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::mfa::{DEFAULT_RECOVERY_CODES, RecoveryCodeFormat};
use vestibule_flows::{FreshProof, FreshProofError, GenerateRecoveryCodesError};

use crate::openapi::describe;
use crate::request::{Int, NotNull, RawBody, Secret, body};
use crate::respond::{self, Reply};
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

#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each works for one sign-in.
    #[schema(example = json!(["4099-972d-9deb-57ea-a77a-7325-a6a8-04ef"]))]
    recovery_codes: Vec<String>,
}

/// Generates a new set of recovery codes, each good for one sign-in. Only this response contains them; the old set no longer works.
#[describe(operation("generate_mfa_recovery_codes", "mfa").body::<RecoveryCodesBody>())]
pub(crate) async fn generate(state: State, caller: Authenticated, body: RawBody) -> Reply<RecoveryCodes> {
    let body: RecoveryCodesBody = body.read()?;
    let count = body.count.0.and_then(|count| u32::try_from(count.get()).ok()).unwrap_or(DEFAULT_RECOVERY_CODES);
    let (code, password) = (body.code.map(Into::into), body.password.map(Into::into));
    let proof = FreshProof { method: body.method, code, password, answer: None };
    let made = state
        .flows
        .generate_mfa_recovery_codes(&caller.caller, &caller.context, (count, RecoveryCodeFormat::Reference), &proof)
        .await;
    let codes = made.map_err(|error| match error {
        GenerateRecoveryCodesError::Proof(FreshProofError::SignedOut) => Problem::unauthorized(),
        error => error.into(),
    })?;
    Ok(respond::json(&RecoveryCodes { recovery_codes: codes.as_slice().to_vec() }))
}
