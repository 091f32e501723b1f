//! `POST /auth/proof`, which the reference lacks: a fresh proof of identity, for what creates or widens access.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::mfa::MfaChallenge;
use vestibule_core::Timestamp;
use vestibule_flows::FreshProof;

use crate::openapi::describe;
use crate::request::{Answer, InvalidRequest, RawBody, Secret, body};
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
        /// How the code is checked: `totp` or `recovery_code`; by default either. With an answer, the kind of its factor: `passkey`.
        method: Option<String>,
        /// The id of a challenge of `/auth/proof/challenge`, with an answer.
        challenge_id: Option<String>,
        /// In place of a code, what the browser answers to `ceremonies` of the challenge: of a passkey, the JSON form of the credential.
        answer: Option<Answer>,
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

#[derive(Serialize, ToSchema)]
pub(crate) struct ProofChallenge {
    mfa_challenge: MfaChallenge,
}

/// Creates a challenge for a proof that the browser answers: with a passkey, `ceremonies.passkey` has the options for `navigator.credentials.get`. Send the answer to `/auth/proof`.
#[describe(operation("begin_proof", "auth").errors(["404"]))]
pub(crate) async fn begin(state: State, caller: Authenticated, body: RawBody) -> Reply<ProofChallenge> {
    body.read_nothing()?;
    let mfa_challenge = state.flows.begin_proof(&caller.caller).await?;
    Ok(respond::json(&ProofChallenge { mfa_challenge }))
}

/// Proves the caller's identity again. For ten minutes (`auth.fresh_proof_lifetime`) the session can then do what creates or widens access. An account with a second factor needs a code; its password is not accepted.
#[describe(operation("prove_session", "auth").body::<ProofBody>().errors(["404"]))]
pub(crate) async fn prove(state: State, caller: Authenticated, body: RawBody) -> Reply<ProvedSession> {
    let body: ProofBody = body.read()?;
    let answer = match (body.challenge_id, body.answer) {
        (Some(id), Some(answer)) => Some((id, answer.into())),
        (None, None) => None,
        _ => return Err(InvalidRequest::new("Send 'challenge_id' and 'answer' together").into()),
    };
    let (code, password) = (body.code.map(Into::into), body.password.map(Into::into));
    let proof = FreshProof { method: body.method, code, password, answer };
    let expires_at = state.flows.prove(&caller.caller, &proof, &caller.context).await?;
    Ok(respond::json(&ProvedSession { proof: SessionProof { expires_at } }))
}
