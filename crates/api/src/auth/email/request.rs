//! `POST /auth/email`

use vestibule_core::EmailAddress;
use vestibule_flows::FreshProof;

use crate::openapi::describe;
use crate::request::{RawBody, Secret, body};
use crate::respond::{self, Reply, Success};
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Requests another address.
    pub(crate) struct RequestEmailBody {
        /// The new address.
        email: EmailAddress,
        /// The password, if the last proof of identity is more than ten minutes old and the account has no second factor.
        password: Option<Secret>,
        /// A code of the second factor, or a recovery code.
        code: Option<Secret>,
        /// How the code is checked: `totp` or `recovery_code`; by default either.
        method: Option<String>,
    }
}

/// Requests another e-mail address for the caller's account. A link to confirm the change is mailed to the new address; until then nothing changes. The response is the same whether or not another account has the address.
#[describe(operation("request_email_change", "auth").body::<RequestEmailBody>())]
pub(crate) async fn request(state: State, caller: Authenticated, body: RawBody) -> Reply<Success> {
    let body: RequestEmailBody = body.read()?;
    let (code, password) = (body.code.map(Into::into), body.password.map(Into::into));
    let proof = FreshProof { method: body.method, code, password, answer: None };
    state.flows.request_email_change(&caller.caller, &body.email, &proof, &caller.context).await?;
    Ok(respond::success())
}
