//! `POST /auth/{actor_type}/{provider}/reset-password`

use http::StatusCode;
use vestibule_auth::RequestPasswordReset;
use vestibule_core::Metadata;
use vestibule_flows::Context;

use super::ProviderPath;
use crate::openapi::describe;
use crate::request::{NotNull, Path, RawBody, body};
use crate::respond::{self, PlainText, Reply};
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

body! {
    /// Requests a password reset.
    pub(crate) struct ResetPasswordBody {
        /// The account's identifier at the provider: with `emailpass`, the address.
        identifier: String,
        /// Sent with the token in the event `auth.password_reset`.
        metadata: NotNull<Metadata>,
    }
}

/// Sends a token that sets a new password. The response is the same whether or not the account exists.
#[describe(operation("request_password_reset", "auth").body::<ResetPasswordBody>().created())]
pub(crate) async fn reset_password(
    state: State,
    ClientInfo(client): ClientInfo,
    Path(path): Path<(String, String)>,
    body: RawBody,
) -> Reply<PlainText> {
    let path = ProviderPath::check(&state, path)?;
    let body: ResetPasswordBody = body.read()?;
    let request =
        RequestPasswordReset { provider: &path.provider, entity_id: &body.identifier, actor_type: &path.actor_type };
    state.flows.request_password_reset(request, body.metadata.0.as_ref(), &Context::anonymous(client)).await?;
    Ok(respond::text("Created").with_status(StatusCode::CREATED))
}
