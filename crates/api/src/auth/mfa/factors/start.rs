//! `POST /auth/mfa/factors`

use axum::response::Response;
use vestibule_auth::StartAuthMfa;
use vestibule_core::Metadata;
use vestibule_flows::{FreshProof, FreshProofError, StartFactorError};

use crate::request::{Name, RawBody, Secret, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Starts a second factor.
    pub(crate) struct StartMfaBody {
        /// `totp`
        provider: String,
        /// What the factor is called; in an authenticator app the identity's id otherwise.
        label: Option<Name>,
        /// Who asks for the codes, in an authenticator app; what is configured otherwise.
        issuer: Option<Name>,
        /// Whatever programs keep here.
        metadata: Option<Metadata>,
        /// The password, where the last proof of identity is more than ten minutes old and there is no second factor yet.
        password: Option<Secret>,
        /// A code of a second factor that is enabled, in place of the password.
        code: Option<Secret>,
        /// How the code is checked: `totp` or `recovery_code`; by either if absent.
        method: Option<String>,
    }
}

/// Starts a second factor. Its secret is shown in this answer and never again; it counts once a code has been proved by `/auth/mfa/factors/{id}/verify`.
#[utoipa::path(
    post, path = "/auth/mfa/factors", operation_id = "start_mfa_factor", tag = "mfa", request_body = StartMfaBody,
    responses((status = 200, body = schemas::StartedMfa), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn start(state: State, caller: Authenticated, body: RawBody) -> Result<Response, Problem> {
    let body: StartMfaBody = body.read()?;
    let start = StartAuthMfa {
        auth_identity_id: caller.caller.auth_identity_id,
        provider: body.provider,
        label: body.label.map(Into::into),
        issuer: body.issuer.map(Into::into),
        metadata: body.metadata.unwrap_or_default(),
    };
    let proof =
        FreshProof { method: body.method, code: body.code.map(Into::into), password: body.password.map(Into::into) };
    let started = state.flows.start_mfa(&caller.caller, &start, &proof).await.map_err(|error| match error {
        StartFactorError::Proof(FreshProofError::SignedOut) => Problem::unauthorized(),
        error => error.into(),
    })?;
    Ok(respond::json(&started))
}
