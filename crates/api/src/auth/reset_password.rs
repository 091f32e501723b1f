//! `POST /auth/{actor_type}/{provider}/reset-password`

use axum::response::Response;
use http::StatusCode;
use vestibule_auth::RequestPasswordReset;
use vestibule_core::Metadata;
use vestibule_flows::Context;

use super::ProviderPath;
use crate::request::{NotNull, Path, RawBody, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
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
#[utoipa::path(
    post, path = "/auth/{actor_type}/{provider}/reset-password", operation_id = "request_password_reset", tag = "auth",
    params(("actor_type" = String, Path), ("provider" = String, Path)), request_body = ResetPasswordBody,
    responses((status = 201, body = String, content_type = "text/plain"), (status = 400, body = schemas::Error)),
)]
pub(crate) async fn reset_password(
    state: State,
    ClientInfo(client): ClientInfo,
    Path(path): Path<(String, String)>,
    body: RawBody,
) -> Result<Response, Problem> {
    let path = ProviderPath::check(&state, path)?;
    let body: ResetPasswordBody = body.read()?;
    let request =
        RequestPasswordReset { provider: &path.provider, entity_id: &body.identifier, actor_type: &path.actor_type };
    state.flows.request_password_reset(request, body.metadata.0.as_ref(), &Context::anonymous(client)).await?;
    let mut response = respond::text("Created");
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}
