//! `POST /auth/password`, which the reference lacks: changes the caller's password.

use axum::response::Response;
use http::HeaderMap;
use vestibule_flows::FreshProof;

use crate::request::{RawBody, Secret, body};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Changes the caller's password.
    pub(crate) struct ChangePasswordBody {
        /// The current password.
        current_password: Secret,
        /// The new password.
        new_password: Secret,
        /// A code, if the account has a second factor and the last proof of identity is more than ten minutes old.
        code: Option<Secret>,
        /// How the code is checked: `totp` or `recovery_code`; by default either.
        method: Option<String>,
    }
}

/// Changes the caller's password and ends their other sessions.
#[utoipa::path(
    post, path = "/auth/password", operation_id = "change_password", tag = "auth", request_body = ChangePasswordBody,
    responses((status = 200, body = schemas::Success), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 409, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn change(
    state: State,
    caller: Authenticated,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: ChangePasswordBody = body.read()?;
    let (current, new) = (body.current_password.as_str(), body.new_password.as_str());
    let proof = FreshProof { method: body.method, code: body.code.map(Into::into), password: None };
    let known = state.flows.change_password(&caller.caller, current, new, &proof, &caller.context).await?;
    Ok(super::respond_success_on(&state, &headers, &known))
}
