//! `POST /auth/password`, which the reference lacks: changes the caller's password.

use http::HeaderMap;
use vestibule_flows::FreshProof;

use crate::openapi::describe;
use crate::request::{NewPassword, RawBody, Secret, body};
use crate::respond::{Reply, Success};
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Changes the caller's password.
    pub(crate) struct ChangePasswordBody {
        /// The current password.
        current_password: Secret,
        /// The new password.
        new_password: NewPassword,
        /// A code, if the account has a second factor and the last proof of identity is more than ten minutes old.
        code: Option<Secret>,
        /// How the code is checked: `totp` or `recovery_code`; by default either.
        method: Option<String>,
    }
}

/// Changes the caller's password and ends their other sessions.
#[describe(operation("change_password", "auth").body::<ChangePasswordBody>().errors(["409"]))]
pub(crate) async fn change(state: State, caller: Authenticated, headers: HeaderMap, body: RawBody) -> Reply<Success> {
    let body: ChangePasswordBody = body.read()?;
    let (current, new) = (body.current_password.as_str(), body.new_password.as_str());
    let proof = FreshProof { method: body.method, code: body.code.map(Into::into), password: None, answer: None };
    let known = state.flows.change_password(&caller.caller, current, new, &proof, &caller.context).await?;
    Ok(super::respond_success_on(&state, &headers, &known))
}
