//! `POST /auth/proof`, which the reference lacks: a fresh proof of identity, for what creates or widens access.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_core::Timestamp;
use vestibule_flows::FreshProof;

use crate::openapi::describe;
use crate::request::{RawBody, Secret, body};
use crate::respond::{self, Reply};
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

/// A session with a fresh proof of identity.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProvedSession {
    proof: SessionProof,
}

/// A proof of identity.
#[derive(Serialize, ToSchema)]
struct SessionProof {
    /// Until when the proof counts as fresh.
    expires_at: Timestamp,
}

/// Proves the caller's identity again. For ten minutes (`auth.fresh_proof_lifetime`) the session can then do what creates or widens access. An account with a second factor needs a code; its password is not accepted.
#[describe(operation("prove_session", "auth").body::<ProofBody>())]
pub(crate) async fn prove(state: State, caller: Authenticated, body: RawBody) -> Reply<ProvedSession> {
    let body: ProofBody = body.read()?;
    let proof =
        FreshProof { method: body.method, code: body.code.map(Into::into), password: body.password.map(Into::into) };
    let expires_at = state.flows.prove(&caller.caller, &proof, &caller.context).await?;
    Ok(respond::json(&ProvedSession { proof: SessionProof { expires_at } }))
}
