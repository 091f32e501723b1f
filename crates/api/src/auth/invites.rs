//! `/auth/invites/*`, which the reference lacks: invites, for callers who have only the token.
//!
//! The token is in the body: URLs are logged.

use http::header::SET_COOKIE;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use vestibule_auth::AuthInput;
use vestibule_auth::mfa::BrowserCeremony;
use vestibule_flows::AcceptInvite;

use vestibule_user::User;

use super::SignedIn;
use crate::openapi::describe;
use crate::request::{Answer, InvalidRequest, Name, NewPassword, RawBody, Secret, Text, body};
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;
use vestibule_web::cookies;

body! {
    /// Previews an invite.
    pub(crate) struct PreviewInviteBody {
        /// The invite's token.
        token: Text<1, 4096>,
    }
}

body! {
    /// Begins the passkey of an invite.
    pub(crate) struct BeginInvitePasskeyBody {
        /// The invite's token.
        token: Text<1, 4096>,
    }
}

body! {
    /// Accepts an invite in one step: with a password, with a passkey, or without either.
    pub(crate) struct AcceptInOneStepBody {
        /// The invite's token.
        token: Text<1, 4096>,
        /// The new user's password.
        password: Option<NewPassword>,
        /// With a passkey, the `state` of `/auth/invites/passkey`.
        state: Option<Secret>,
        /// With a passkey, what the browser answers to the `options`: the JSON form of the credential.
        answer: Option<Answer>,
        /// `true` in place of a password, where users sign in with codes by mail (`auth.emailcode`): the invite was received
        /// at its address, as a code would be.
        without_password: Option<bool>,
        /// The passkey's name.
        passkey_name: Option<Name>,
        /// The given name.
        first_name: Option<Name>,
        /// The family name.
        last_name: Option<Name>,
    }
}

body! {
    /// The same with a password.
    struct AcceptWithPasswordBody {
        token: Text<1, 4096>,
        password: NewPassword,
        first_name: Option<Name>,
        last_name: Option<Name>,
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct InvitePreview {
    invite: vestibule_flows::InvitePreview,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct InvitePasskey {
    ceremony: BrowserCeremony,
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

/// Begins a passkey for the user that an invite creates. Pass `options` to `navigator.credentials.create`, and the answer to `/auth/invites/accept`.
#[describe(operation("begin_invite_passkey", "invites").body::<BeginInvitePasskeyBody>().errors(["401"]))]
pub(crate) async fn begin_passkey(state: State, ClientInfo(client): ClientInfo, body: RawBody) -> Reply<InvitePasskey> {
    let body: BeginInvitePasskeyBody = body.read()?;
    let (browser, cookie) = cookies::begin_sign_in(&client.browser, state.flows.environment(), &state.site);
    let ceremony = state.flows.begin_invite_passkey(body.token.as_str(), &browser).await?;
    let mut response = respond::json(&InvitePasskey { ceremony });
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// Accepts an invite with a password, a passkey or, where codes by mail are on, without either; without a registration. Signs in.
#[describe(operation("accept_invite_with_password", "invites").body::<AcceptInOneStepBody>().errors(["401"]))]
pub(crate) async fn accept(state: State, ClientInfo(client): ClientInfo, body: RawBody) -> Reply<AcceptedInvite> {
    let profile = |token: Text<1, 4096>, first_name: Option<Name>, last_name: Option<Name>| AcceptInvite {
        token: token.into(),
        first_name: first_name.map(Into::into),
        last_name: last_name.map(Into::into),
    };
    // Without another method the password is required, and reported as everywhere.
    let (user, identity) = if !["answer", "state", "without_password"].into_iter().any(|field| body.has(field)) {
        let body: AcceptWithPasswordBody = body.read()?;
        let accept = profile(body.token, body.first_name, body.last_name);
        state.flows.accept_invite_with_password(&accept, body.password.as_str(), &client).await?
    } else {
        let body: AcceptInOneStepBody = body.read()?;
        let accept = profile(body.token, body.first_name, body.last_name);
        match (body.password, body.state, body.answer, body.without_password) {
            (None, Some(begun), Some(answer), None | Some(false)) => {
                let fields = [("state", begun.as_str().into()), ("answer", Json::Object(answer.into()))];
                let input = AuthInput { browser: client.browser.clone(), ..AuthInput::body(fields) };
                let name = body.passkey_name.map(String::from);
                state.flows.accept_invite_with_passkey(&accept, (name.as_deref(), &input), &client).await?
            }
            (None, None, None, Some(true)) => state.flows.accept_invite_without_password(&accept, &client).await?,
            (Some(password), None, None, None | Some(false)) => {
                state.flows.accept_invite_with_password(&accept, password.as_str(), &client).await?
            }
            _ => {
                let message =
                    "Send one of 'password', 'state' and 'answer' of a passkey, and 'without_password' (true)";
                return Err(InvalidRequest::new(message).into());
            }
        }
    };
    let sign_in = state.flows.begin_first_session(identity, &client).await?;
    Ok(respond::json(&AcceptedInvite { signed_in: sign_in.into(), user }))
}
