//! `POST /auth/mfa/factors`

use vestibule_auth::StartAuthMfa;
use vestibule_auth::mfa::StartedMfa;
use vestibule_core::Metadata;
use vestibule_flows::{FreshProof, FreshProofError, StartFactorError};

use crate::openapi::describe;
use crate::request::{Name, RawBody, Secret, body};
use crate::respond::{self, Reply};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Starts a second factor.
    pub(crate) struct StartMfaBody {
        /// `totp` or `passkey`
        provider: String,
        /// The factor's name, which tells it from others of its provider. Without a name it can be the only one of its provider.
        name: Option<Name>,
        /// The account that an authenticator app shows; by default the identity's id. It is also the name of a factor that is given none.
        label: Option<Name>,
        /// The issuer that an authenticator app shows; by default the configured one.
        issuer: Option<Name>,
        /// The data of programs.
        metadata: Option<Metadata>,
        /// The password, if the last proof of identity is more than ten minutes old and there is no second factor yet.
        password: Option<Secret>,
        /// A code of an enabled second factor, in place of the password.
        code: Option<Secret>,
        /// How the code is checked: `totp` or `recovery_code`; by default either.
        method: Option<String>,
    }
}

/// Starts a second factor. Only this response contains its secret, or the options for the browser. The factor is enabled once `/auth/mfa/factors/{id}/verify` has accepted a code or the browser's answer.
#[describe(operation("start_mfa_factor", "mfa").body::<StartMfaBody>().errors(["404", "422"]))]
pub(crate) async fn start(state: State, caller: Authenticated, body: RawBody) -> Reply<StartedMfa> {
    let body: StartMfaBody = body.read()?;
    let start = StartAuthMfa {
        auth_identity_id: caller.caller.auth_identity_id,
        provider: body.provider,
        name: body.name.map(Into::into),
        label: body.label.map(Into::into),
        account: None,
        issuer: body.issuer.map(Into::into),
        metadata: body.metadata.unwrap_or_default(),
    };
    let (code, password) = (body.code.map(Into::into), body.password.map(Into::into));
    let proof = FreshProof { method: body.method, code, password, answer: None };
    let started = state.flows.start_mfa(&caller.caller, &start, &proof).await.map_err(|error| match error {
        StartFactorError::Proof(FreshProofError::SignedOut) => Problem::unauthorized(),
        error => error.into(),
    })?;
    Ok(respond::json(&started))
}
