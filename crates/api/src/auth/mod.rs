//! Registration, sign-in, second factors, sessions, passwords, verification; and invites, for callers without an account.

pub(crate) mod email;
pub(crate) mod export;
pub(crate) mod identities;
pub(crate) mod invites;
pub(crate) mod mfa;
pub(crate) mod password;
pub(crate) mod proof;
pub(crate) mod providers;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod reset_password;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod update;
pub(crate) mod verification;

use http::HeaderMap;
use http::header::SET_COOKIE;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use vestibule_auth::mfa::{BrowserCeremony, MfaAnswer, MfaChallenge};
use vestibule_auth::{DeviceSecrets, Verification};
use vestibule_core::ErrorKind;
use vestibule_flows::SignIn;

use crate::request::{Answer, InvalidRequest, RawBody, Secret};
use crate::respond::{self, Sent, Success};
use vestibule_web::Problem;
use vestibule_web::Web;
use vestibule_web::cookies;

/// The actor type and the provider that a path names.
pub(crate) struct ProviderPath {
    actor_type: String,
    provider: String,
    fields: Option<&'static [&'static str]>,
}

impl ProviderPath {
    /// Checks the two names, and that actors of this type may use the provider.
    fn check(web: &Web, (actor_type, provider): (String, String)) -> Result<Self, Problem> {
        check_actor_type(&actor_type)?;
        let mut allowed = web.flows.auth().providers_of(&actor_type);
        let Some(present) = allowed.find(|present| present.identifier() == provider) else {
            let message = format!("The actor type {actor_type} is not allowed to use the auth provider {provider}");
            return Err(Problem::new(ErrorKind::NotAllowed, message));
        };
        let fields = present.fields();
        Ok(Self { actor_type, provider, fields })
    }

    /// Reads a body for the provider. A provider that names no fields, such as an OAuth provider, accepts any, as in the
    /// reference.
    fn read(&self, body: &RawBody) -> Result<Map<String, Json>, InvalidRequest> {
        match self.fields {
            Some(known) => body.read_object_of(known),
            None => body.read_object(),
        }
    }
}

/// Checks that an actor type is a short name: tokens and rows store it.
fn check_actor_type(actor_type: &str) -> Result<(), Problem> {
    let fits =
        actor_type.len() <= 64 && actor_type.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if fits {
        Ok(())
    } else {
        Err(Problem::new(ErrorKind::InvalidData, "An actor type is a name of letters, digits, '-', '_' and '.'"))
    }
}

/// Responds `{ "success": true }` after a password was set. A browser gets the device cookie; clients that store no cookies
/// get none, as from the reference.
fn respond_success_on(web: &Web, request: &HeaderMap, known: &DeviceSecrets) -> Sent<Success> {
    let mut response = respond::success();
    if cookies::are_stored_by_client(request) {
        let now = web.flows.environment().now();
        response.headers_mut().append(SET_COOKIE, cookies::set_device(known, now, &web.site));
    }
    response
}

/// A token, or the address to redirect to.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// For `Authorization: Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// Whether the second factor is due: then the token is good for the challenge only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mfa_required: Option<bool>,
    /// The challenge for `/auth/mfa/challenges/{id}/verify`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mfa_challenge: Option<MfaChallenge>,
    /// Whether the address must be verified first: until then the token is that of a caller without an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verification_required: Option<bool>,
    /// The latest verification requested, where one is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verification: Option<Verification>,
    /// The challenge that the browser answers; the callback continues the sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ceremony: Option<BrowserCeremony>,
    /// Where to redirect the user; the callback continues the sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    location: Option<String>,
    /// A code was mailed, if the address has an account: the callback takes it as `code`, with this `state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    state: Option<String>,
}

impl From<SignIn> for SignedIn {
    fn from(sign_in: SignIn) -> Self {
        match sign_in {
            SignIn::Session(token) => Self { token: Some(token.token), ..Self::default() },
            SignIn::Challenge { token, challenge } => Self {
                token: Some(token.token),
                mfa_required: Some(true),
                mfa_challenge: Some(*challenge),
                ..Self::default()
            },
            SignIn::Verification { token, verification } => Self {
                token: Some(token.token),
                verification_required: Some(true),
                verification: verification.map(|verification| *verification),
                ..Self::default()
            },
            SignIn::Ceremony(ceremony) => Self { ceremony: Some(*ceremony), ..Self::default() },
            SignIn::Redirect { location } => Self { location: Some(location), ..Self::default() },
            SignIn::CodeSent { state } => Self { state: Some(state), ..Self::default() },
        }
    }
}

/// What proves a second factor in a body with the field `answer`. Without that field, `code` is required, and reported as by
/// the reference.
fn answer<'a>(code: Option<&'a Secret>, answer: Option<&'a Answer>) -> Result<MfaAnswer<'a>, InvalidRequest> {
    match (code, answer) {
        (None, Some(answer)) => Ok(answer.fields().into()),
        _ => Err(InvalidRequest::new("Send either 'code' or 'answer'")),
    }
}
