//! `/auth/invites/*`, which the reference lacks: invites, for callers who have only the token.
//!
//! The token is in the body: URLs are logged.

use axum::response::Response;
use serde_json::json;
use vestibule_flows::AcceptInvite;

use super::sign_in_body;
use crate::request::{Name, RawBody, Secret, Text, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

body! {
    /// Previews an invite.
    pub(crate) struct PreviewInviteBody {
        /// The invite's token.
        token: Text<1, 4096>,
    }
}

body! {
    /// Accepts an invite in one step.
    pub(crate) struct AcceptWithPasswordBody {
        /// The invite's token.
        token: Text<1, 4096>,
        /// The new user's password.
        password: Secret,
        /// The given name.
        first_name: Option<Name>,
        /// The family name.
        last_name: Option<Name>,
    }
}

/// Returns whom an invite is for, who sent it, and when it expires. 403 if the inviter can no longer grant its roles.
#[utoipa::path(
    post, path = "/auth/invites/preview", operation_id = "preview_invite", tag = "invites", request_body = PreviewInviteBody,
    responses((status = 200, body = schemas::InvitePreview), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 403, body = schemas::Error)),
)]
pub(crate) async fn preview(state: State, body: RawBody) -> Result<Response, Problem> {
    let body: PreviewInviteBody = body.read()?;
    let preview = state.flows.preview_invite(body.token.as_str()).await?;
    Ok(respond::whole("invite", &preview))
}

/// Accepts an invite with a password, without a registration, and signs in.
#[utoipa::path(
    post, path = "/auth/invites/accept", operation_id = "accept_invite_with_password", tag = "invites", request_body = AcceptWithPasswordBody,
    responses((status = 200, body = schemas::AcceptedInvite), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 429, body = schemas::Error)),
)]
pub(crate) async fn accept(state: State, ClientInfo(client): ClientInfo, body: RawBody) -> Result<Response, Problem> {
    let body: AcceptWithPasswordBody = body.read()?;
    let accept = AcceptInvite {
        token: body.token.into(),
        first_name: body.first_name.map(Into::into),
        last_name: body.last_name.map(Into::into),
    };
    let (user, identity) = state.flows.accept_invite_with_password(&accept, body.password.as_str(), &client).await?;
    let sign_in = state.flows.begin_first_session(identity, &client).await?;
    let mut body = sign_in_body(&sign_in);
    if let Some(fields) = body.as_object_mut() {
        fields.insert("user".to_owned(), json!(user));
    }
    Ok(respond::json(&body))
}
