//! Who is behind a request, and what a handler gets to know of him.
//!
//! The guard in front of a route ([`crate::access`]) has let somebody pass before a handler begins. The handler names
//! what it needs of him by the type of an argument: [`Authorized`] where a policy is required, [`SignedInUser`] for a user,
//! [`Authenticated`] for any session, [`ClientInfo`] on public routes. What was not asked for cannot be had.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use base64::Engine;
use http::header::{AUTHORIZATION, USER_AGENT};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue};
use vestibule_auth::SessionId;
use vestibule_flows::{Actor, By, Caller, Client, Credential, Program};
use vestibule_rbac::Permissions;
use vestibule_server::{ClientAddress, RequestId};
use vestibule_user::User;

use crate::access::Access;
use crate::{Problem, Web, cookies};

/// The most that is kept of what a program says of itself, in bytes.
const USER_AGENT_LENGTH: usize = 256;

/// Whom the guard has found behind a request.
#[derive(Debug, Clone)]
pub enum Asker {
    /// Somebody with a session.
    Person(Box<Caller>),
    /// A program with an API key.
    Program(Box<Program>),
}

impl Asker {
    /// Who asks.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Person(caller) => match &caller.user {
                Some(user) => Actor::User(user.id),
                None => Actor::Identity(caller.auth_identity_id),
            },
            Self::Program(program) => Actor::ApiKey(program.id),
        }
    }
}

/// A caller with the policies of the route: a user or an API key.
pub struct Authorized {
    /// Who does what the route does, and from where.
    pub by: By,
    /// What he may do.
    pub permissions: Permissions,
    /// The session by which he asks; a program has none.
    pub session_id: Option<SessionId>,
}

/// A user.
pub struct SignedInUser {
    /// Who.
    pub user: User,
    /// What the user may do.
    pub permissions: Permissions,
}

/// A caller with a session.
pub struct Authenticated {
    /// Who, and how far he has come.
    pub caller: Caller,
    /// Who does what the route does, and from where.
    pub by: By,
}

/// From where somebody asks, whoever it is.
pub struct ClientInfo(pub Client);

/// Finds out who asks, for a route that does not let everybody in.
pub async fn identify(parts: &Parts, web: &Web, access: Access) -> Result<Asker, Problem> {
    let (headers, extensions) = (&parts.headers, &parts.extensions);
    let here = || client(headers, extensions);
    // The cookie counts where it is good, as in the reference; else what the header says.
    if access != Access::Bearer {
        for secret in cookies::read(headers, web.https) {
            if let Some(caller) = web.flows.identify(Credential::Cookie(secret), here).await? {
                return Ok(Asker::Person(Box::new(caller)));
            }
        }
    }
    match shown(headers) {
        Some(Shown::Token(token)) => {
            let caller = web.flows.identify(Credential::Bearer(token), here).await?;
            caller.map(|caller| Asker::Person(Box::new(caller))).ok_or_else(Problem::unauthorized)
        }
        Some(Shown::Key(key)) if matches!(access, Access::Policies(_)) => {
            let program = web.flows.identify_program(&key).await?;
            program.map(|program| Asker::Program(Box::new(program))).ok_or_else(Problem::unauthorized)
        }
        _ => Err(Problem::unauthorized()),
    }
}

/// The bearer token of a request, whatever it is good for.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    match shown(headers) {
        Some(Shown::Token(token)) => Some(token),
        _ => None,
    }
}

/// What the header `Authorization` holds.
enum Shown<'a> {
    Token(&'a str),
    Key(String),
}

fn shown(headers: &HeaderMap) -> Option<Shown<'_>> {
    let (scheme, value) =
        headers.get(AUTHORIZATION).map(HeaderValue::to_str)?.ok()?.trim().split_once(char::is_whitespace)?;
    let value = value.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(if value.starts_with("sk_") { Shown::Key(value.to_owned()) } else { Shown::Token(value) });
    }
    scheme.eq_ignore_ascii_case("basic").then(|| key_of(value))?.map(Shown::Key)
}

/// The key of HTTP Basic: as it is, or in base64, where it is the name and the password is empty.
fn key_of(value: &str) -> Option<String> {
    if value.starts_with("sk_") {
        return Some(value.to_owned());
    }
    let decoded = base64::prelude::BASE64_STANDARD.decode(value).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let key = text.strip_suffix(':').unwrap_or(&text);
    key.starts_with("sk_").then(|| key.to_owned())
}

/// From where a request comes.
pub fn client(headers: &HeaderMap, extensions: &Extensions) -> Client {
    let user_agent = headers.get(USER_AGENT).map(|header| {
        let text = String::from_utf8_lossy(header.as_bytes());
        let end = (0..=text.len().min(USER_AGENT_LENGTH)).rev().find(|end| text.is_char_boundary(*end));
        text.get(..end.unwrap_or_default()).unwrap_or_default().to_owned()
    });
    Client {
        address: address(extensions),
        user_agent: user_agent.filter(|text| !text.is_empty()),
        request_id: extensions.get::<RequestId>().map(ToString::to_string),
        devices: cookies::read_device(headers),
    }
}

/// The address that the server has found out; without our server in front, that of the other end.
pub fn address(extensions: &Extensions) -> Option<IpAddr> {
    let found = extensions.get::<ClientAddress>().map(|address| address.0);
    let peer = || extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
    found.or_else(peer)
}

/// The person whom the guard has found. A handler asks once: what it is told is taken, not copied.
fn person(parts: &mut Parts) -> Result<Caller, Problem> {
    match parts.extensions.remove::<Asker>() {
        Some(Asker::Person(caller)) => Ok(*caller),
        _ => Err(Problem::unauthorized()),
    }
}

impl FromRequestParts<Arc<Web>> for Authorized {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let client = client(&parts.headers, &parts.extensions);
        match parts.extensions.get::<Asker>() {
            Some(Asker::Person(caller)) => Ok(Self {
                by: caller.by(client),
                permissions: caller.permissions.clone(),
                session_id: Some(caller.session_id),
            }),
            Some(Asker::Program(program)) => {
                Ok(Self { by: program.by(client), permissions: program.permissions.clone(), session_id: None })
            }
            None => Err(Problem::unauthorized()),
        }
    }
}

impl FromRequestParts<Arc<Web>> for SignedInUser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let caller = person(parts)?;
        let user = caller.user.ok_or_else(Problem::unauthorized)?;
        Ok(Self { user, permissions: caller.permissions })
    }
}

impl FromRequestParts<Arc<Web>> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let caller = person(parts)?;
        let by = caller.by(client(&parts.headers, &parts.extensions));
        Ok(Self { caller, by })
    }
}

impl FromRequestParts<Arc<Web>> for ClientInfo {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        Ok(Self(client(&parts.headers, &parts.extensions)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_as_the_reference_takes_it() {
        let encode = |text: &str| base64::prelude::BASE64_STANDARD.encode(text);
        for (value, key) in [
            ("sk_abc".to_owned(), Some("sk_abc")),
            (encode("sk_abc"), Some("sk_abc")),
            (encode("sk_abc:"), Some("sk_abc")),
            (encode("x:sk_abc"), None),
            (encode("abc:"), None),
            ("rubbish".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(key_of(&value).as_deref(), key, "{value}");
        }
    }
}
