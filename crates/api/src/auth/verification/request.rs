//! `POST /auth/verification/request`

use http::StatusCode;
use vestibule_auth::RequestVerification;
use vestibule_auth::Verification;
use vestibule_core::Metadata;

use crate::openapi::describe;
use crate::request::{NotNull, RawBody, Text, body};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Requests a code.
    pub(crate) struct RequestVerificationBody {
        /// The address to send the code to.
        entity_id: Text<1, 254>,
        /// The kind of address: `email`, `phone`, ….
        entity_type: Text<1, 64>,
        /// The provider of the code; by default `token`.
        code_provider: NotNull<Text<1, 64>>,
        /// The data of programs.
        metadata: Option<Metadata>,
    }
}

/// Sends a code to an address, by the event `auth.verification_requested`.
#[describe(operation("request_verification", "auth").body::<RequestVerificationBody>().created())]
pub(crate) async fn request(state: State, caller: Authenticated, body: RawBody) -> Reply<One<Verification>> {
    let body: RequestVerificationBody = body.read()?;
    let request = RequestVerification {
        auth_identity_id: caller.caller.auth_identity_id,
        entity_type: body.entity_type.as_str(),
        entity_id: body.entity_id.as_str(),
        code_provider: body.code_provider.0.as_ref().map(Text::as_str),
        metadata: body.metadata,
    };
    let verification = state.flows.request_verification(&request, &caller.context).await?;
    Ok(respond::whole(&verification).with_status(StatusCode::CREATED))
}
