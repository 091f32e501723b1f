//! `POST /auth/verification/confirm`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_core::Timestamp;
use vestibule_flows::Context;

use crate::openapi::describe;
use crate::request::{NotNull, RawBody, Secret, Text, body};
use crate::respond::{self, Reply};
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

/// An address that was verified.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmedVerification {
    entity_id: String,
    entity_type: String,
    code_provider: String,
    #[schema(required, nullable = false)]
    verified_at: Option<Timestamp>,
}

/// Confirms an address with the code that was sent to it. Needs no session.
#[describe(operation("confirm_verification", "auth").body::<ConfirmVerificationBody>())]
pub(crate) async fn confirm(
    state: State,
    ClientInfo(client): ClientInfo,
    body: RawBody,
) -> Reply<ConfirmedVerification> {
    let body: ConfirmVerificationBody = body.read()?;
    let provider = body.code_provider.0.as_ref().map(Text::as_str);
    let verified = state.flows.confirm_verification(body.code.as_str(), provider, &Context::anonymous(client)).await?;
    Ok(respond::json(&ConfirmedVerification {
        entity_id: verified.entity_id,
        entity_type: verified.entity_type,
        code_provider: verified.code_provider,
        verified_at: verified.verified_at,
    }))
}
