//! `POST /auth/verification/confirm`

use axum::response::Response;
use serde_json::json;
use vestibule_flows::Context;

use crate::request::{NotNull, RawBody, Secret, Text, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

body! {
    /// Confirms an address.
    pub(crate) struct ConfirmVerificationBody {
        /// The code that was sent there.
        code: Secret,
        /// The provider of the code; by default `token`.
        code_provider: NotNull<Text<1, 64>>,
    }
}

/// Confirms an address with the code that was sent to it. Needs no session.
#[utoipa::path(
    post, path = "/auth/verification/confirm", operation_id = "confirm_verification", tag = "auth", request_body = ConfirmVerificationBody,
    responses((status = 200, body = schemas::ConfirmedVerification), (status = 400, body = schemas::Error)),
)]
pub(crate) async fn confirm(state: State, ClientInfo(client): ClientInfo, body: RawBody) -> Result<Response, Problem> {
    let body: ConfirmVerificationBody = body.read()?;
    let provider = body.code_provider.0.as_ref().map(Text::as_str);
    let verified = state.flows.confirm_verification(body.code.as_str(), provider, &Context::anonymous(client)).await?;
    Ok(respond::json(&json!({
        "entity_id": verified.entity_id,
        "entity_type": verified.entity_type,
        "code_provider": verified.code_provider,
        "verified_at": verified.verified_at,
    })))
}
