//! `POST /auth/mfa/challenges/{id}/verify`

use vestibule_auth::mfa::VerifyChallengeError;

use crate::auth::{SignedIn, answer};
use crate::openapi::describe;
use crate::request::{Answer, Path, RawBody, Secret, body};
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Verifies a challenge.
    pub(crate) struct VerifyChallengeBody {
        /// `totp`, `recovery_code`, …: one of the challenge's methods.
        method: String,
        /// A code from the authenticator app, or a recovery code.
        code: Option<Secret>,
        /// In place of a code, what the browser answers to `ceremonies` of the challenge: of a passkey, the JSON form of the credential.
        answer: Option<Answer>,
    }
}

body! {
    /// The same with a code.
    struct VerifyByCodeBody {
        method: String,
        code: Secret,
    }
}

/// Verifies the challenge of a sign-in whose second factor is due, and returns the full token.
#[describe(operation("verify_mfa_challenge", "mfa").body::<VerifyChallengeBody>().errors(["404"]))]
pub(crate) async fn verify(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Reply<SignedIn> {
    // Text that is not an id matches no challenge.
    let named = id.parse().map_err(|_| VerifyChallengeError::NotFound(id));
    let (caller, client) = (&caller.caller, &caller.context.client);
    let sign_in = if body.has("answer") {
        let body: VerifyChallengeBody = body.read()?;
        let answer = answer(body.code.as_ref(), body.answer.as_ref())?;
        state.flows.verify_mfa_challenge(caller, client, named?, &body.method, answer).await?
    } else {
        let body: VerifyByCodeBody = body.read()?;
        state.flows.verify_mfa_challenge(caller, client, named?, &body.method, body.code.as_str()).await?
    };
    Ok(respond::json(&SignedIn::from(sign_in)))
}
