//! Registration, sign-in, second factors, sessions, passwords, verification; and invites, for callers without an account.

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

use axum::response::Response;
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde_json::{Map, Value as Json, json};
use vestibule_auth::DeviceSecrets;
use vestibule_core::ErrorKind;
use vestibule_flows::SignIn;

use crate::request::{InvalidRequest, RawBody};
use crate::respond;
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
    /// Checks the two names. Any actor type may use any provider.
    fn check(web: &Web, (actor_type, provider): (String, String)) -> Result<Self, Problem> {
        check_actor_type(&actor_type)?;
        let Some(present) = web.flows.auth().providers().find(|present| present.identifier() == provider) else {
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
fn respond_success_on(web: &Web, request: &HeaderMap, known: &DeviceSecrets) -> Response {
    let mut response = respond::json(&json!({ "success": true }));
    if cookies::are_stored_by_client(request) {
        let now = web.flows.environment().now();
        response.headers_mut().append(SET_COOKIE, cookies::set_device(known, now, web.https));
    }
    response
}

fn respond_sign_in(sign_in: &SignIn) -> Response {
    respond::json(&sign_in_body(sign_in))
}

/// Returns the result of a sign-in in the reference's form.
fn sign_in_body(sign_in: &SignIn) -> Json {
    match sign_in {
        SignIn::Session(token) => json!({ "token": token.token }),
        SignIn::Challenge { token, challenge } => {
            json!({ "mfa_required": true, "mfa_challenge": challenge, "token": token.token })
        }
        SignIn::Verification { token, verification: Some(verification) } => {
            json!({ "verification_required": true, "verification": verification, "token": token.token })
        }
        SignIn::Verification { token, verification: None } => {
            json!({ "verification_required": true, "token": token.token })
        }
        SignIn::Redirect { location } => json!({ "location": location }),
    }
}
