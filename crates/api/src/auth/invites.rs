//! `/auth/invites/*`, which the reference lacks: invites, for callers who have only the token.
//!
//! The token is in the body: URLs are logged.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_flows::AcceptInvite;

use vestibule_user::User;

use super::SignedIn;
use crate::openapi::describe;
use crate::request::{Name, NewPassword, RawBody, Text, body};
use crate::respond::{self, Reply};
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
        password: NewPassword,
        /// The given name.
        first_name: Option<Name>,
        /// The family name.
        last_name: Option<Name>,
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct InvitePreview {
    invite: vestibule_flows::InvitePreview,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AcceptedInvite {
    #[serde(flatten)]
    signed_in: SignedIn,
    user: User,
}

/// Returns whom an invite is for, who sent it, and when it expires. 403 if the inviter can no longer grant its roles.
#[describe(operation("preview_invite", "invites").body::<PreviewInviteBody>().errors(["401"]))]
pub(crate) async fn preview(state: State, body: RawBody) -> Reply<InvitePreview> {
    let body: PreviewInviteBody = body.read()?;
    let preview = state.flows.preview_invite(body.token.as_str()).await?;
    Ok(respond::json(&InvitePreview { invite: preview }))
}

/// Accepts an invite with a password, without a registration, and signs in.
#[describe(operation("accept_invite_with_password", "invites").body::<AcceptWithPasswordBody>().errors(["401"]))]
pub(crate) async fn accept(state: State, ClientInfo(client): ClientInfo, body: RawBody) -> Reply<AcceptedInvite> {
    let body: AcceptWithPasswordBody = body.read()?;
    let accept = AcceptInvite {
        token: body.token.into(),
        first_name: body.first_name.map(Into::into),
        last_name: body.last_name.map(Into::into),
    };
    let (user, identity) = state.flows.accept_invite_with_password(&accept, body.password.as_str(), &client).await?;
    let sign_in = state.flows.begin_first_session(identity, &client).await?;
    Ok(respond::json(&AcceptedInvite { signed_in: sign_in.into(), user }))
}
