//! `POST /auth/mfa/factors/{id}/verify`

use vestibule_auth::mfa::MfaFactor;
use vestibule_flows::VerifyFactorError;

use crate::auth::answer;
use crate::openapi::describe;
use crate::request::{Answer, Path, RawBody, Secret, body};
use crate::respond::{self, One, Reply};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Verifies a second factor.
    pub(crate) struct VerifyMfaBody {
        /// A code from the authenticator app.
        code: Option<Secret>,
        /// In place of a code, what the browser answers to the enrolment's `options`: of a passkey, the JSON form of the credential.
        answer: Option<Answer>,
    }
}

body! {
    /// The same with a code.
    struct VerifyByCodeBody {
        code: Secret,
    }
}

/// Verifies a second factor. A pending one is enabled, and every other session of its owner ends.
#[describe(operation("verify_mfa_factor", "mfa").body::<VerifyMfaBody>().errors(["404"]))]
pub(crate) async fn verify(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Reply<One<MfaFactor>> {
    let (caller, context) = (&caller.caller, &caller.context);
    let verified = if body.has("answer") {
        let body: VerifyMfaBody = body.read()?;
        let answer = answer(body.code.as_ref(), body.answer.as_ref())?;
        state.flows.verify_mfa(caller, context, super::id(&id)?, answer).await
    } else {
        let body: VerifyByCodeBody = body.read()?;
        state.flows.verify_mfa(caller, context, super::id(&id)?, body.code.as_str()).await
    };
    let factor = verified.map_err(|error| match error {
        VerifyFactorError::SignedOut => Problem::unauthorized(),
        error => error.into(),
    })?;
    Ok(respond::whole(&factor))
}
