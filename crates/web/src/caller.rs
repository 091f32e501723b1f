//! Who a request comes from, and the extractors by which a handler gets it.
//!
//! The guard in front of a route ([`crate::access`]) has authorized the caller before a handler runs. A handler names
//! what it needs by the type of an argument: [`Authorized`] where a policy is required, [`SignedInUser`] for a user,
//! [`Authenticated`] for any session, [`ClientInfo`] on public routes, [`MaybeAuthenticated`] where a session counts on one.
//!
//! ```
//! use axum::http::{Extensions, HeaderMap, HeaderValue, header};
//! use vestibule_server::ClientAddress;
//! use vestibule_web::Site;
//! use vestibule_web::caller::{bearer, client};
//!
//! let mut headers = HeaderMap::new();
//! headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer eyJhbGciOi"));
//! headers.insert(header::USER_AGENT, HeaderValue::from_static("curl/8.14"));
//! assert_eq!(bearer(&headers), Some("eyJhbGciOi"));
//!
//! // The server in front of the routes adds the address.
//! let mut extensions = Extensions::new();
//! extensions.insert(ClientAddress([192, 0, 2, 1].into()));
//! let client = client(&headers, &extensions, &Site::root(true));
//! assert_eq!(client.address, Some([192, 0, 2, 1].into()));
//! assert_eq!(client.user_agent.as_deref(), Some("curl/8.14"));
//! ```

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use base64::Engine;
use http::header::{AUTHORIZATION, USER_AGENT};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use vestibule_auth::SessionId;
use vestibule_flows::{Caller, Client, Context, Credential, SessionCaller};
use vestibule_rbac::Permissions;
use vestibule_server::{ClientAddress, RequestId};
use vestibule_user::User;

use crate::access::Access;
use crate::{Problem, Site, Web, cookies};

/// How much of the header `User-Agent` is recorded, in bytes.
const USER_AGENT_LENGTH: usize = 256;

/// A caller with the policies of the route: a user or an API key.
pub struct Authorized {
    /// Who does what the route does, and from where.
    pub context: Context,
    /// What the caller may do.
    pub permissions: Permissions,
    /// The session; an API key has none.
    pub session_id: Option<SessionId>,
}

/// A user.
pub struct SignedInUser {
    /// The user.
    pub user: User,
    /// What the user may do.
    pub permissions: Permissions,
}

/// A caller with a session.
pub struct Authenticated {
    /// The owner of the session, and which proofs are due.
    pub caller: SessionCaller,
    /// Who does what the route does, and from where.
    pub context: Context,
}

/// The caller of a public route, which does more for one with a session.
pub struct MaybeAuthenticated {
    /// The owner of the session, if the request has one.
    pub caller: Option<SessionCaller>,
    /// Who does what the route does, and from where.
    pub context: Context,
}

/// Where a request comes from.
pub struct ClientInfo(pub Client);

/// Identifies the caller, for a route that is not public.
///
/// # Errors
///
/// [`Problem`] where no caller is known, or the database is not available.
pub async fn identify(parts: &Parts, web: &Web, access: Access) -> Result<Caller, Problem> {
    let (headers, extensions) = (&parts.headers, &parts.extensions);
    let here = || client(headers, extensions, &web.site);
    // As in the reference, a valid cookie comes before the header.
    if access != Access::Bearer {
        for secret in cookies::read(headers, &web.site) {
            if let Some(caller) = web.flows.identify(Credential::Cookie(secret), here).await? {
                return Ok(Caller::Session(Box::new(caller)));
            }
        }
    }
    match authorization(headers) {
        Some(Authorization::Token(token)) => {
            let caller = web.flows.identify(Credential::Bearer(token), here).await?;
            caller.map(|caller| Caller::Session(Box::new(caller))).ok_or_else(Problem::unauthorized)
        }
        Some(Authorization::Key(key)) if matches!(access, Access::Policies(_)) => {
            let caller = web.flows.identify_api_key(&key).await?;
            caller.map(|caller| Caller::ApiKey(Box::new(caller))).ok_or_else(Problem::unauthorized)
        }
        _ => Err(Problem::unauthorized()),
    }
}

/// Returns the bearer token of a request, unchecked.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    match authorization(headers) {
        Some(Authorization::Token(token)) => Some(token),
        _ => None,
    }
}

/// What the header `Authorization` holds.
enum Authorization<'a> {
    Token(&'a str),
    Key(String),
}

fn authorization(headers: &HeaderMap) -> Option<Authorization<'_>> {
    let (scheme, value) =
        headers.get(AUTHORIZATION).map(HeaderValue::to_str)?.ok()?.trim().split_once(char::is_whitespace)?;
    let value = value.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(if value.starts_with("sk_") {
            Authorization::Key(value.to_owned())
        } else {
            Authorization::Token(value)
        });
    }
    scheme.eq_ignore_ascii_case("basic").then(|| key_of(value))?.map(Authorization::Key)
}

/// Returns the key of HTTP Basic: as it is, or in base64 as the user name with an empty password.
fn key_of(value: &str) -> Option<String> {
    if value.starts_with("sk_") {
        return Some(value.to_owned());
    }
    let decoded = base64::prelude::BASE64_STANDARD.decode(value).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let key = text.strip_suffix(':').unwrap_or(&text);
    key.starts_with("sk_").then(|| key.to_owned())
}

/// Returns where a request comes from.
pub fn client(headers: &HeaderMap, extensions: &Extensions, site: &Site) -> Client {
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
        browser: cookies::read_browser(headers, site),
    }
}

/// Returns the client address as `vestibule_server` found it, or else the address of the peer.
pub fn address(extensions: &Extensions) -> Option<IpAddr> {
    let found = extensions.get::<ClientAddress>().map(|address| address.0);
    let peer = || extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
    found.or_else(peer)
}

/// Takes the owner of the session that the guard has found.
fn session_caller(parts: &mut Parts) -> Result<SessionCaller, Problem> {
    match parts.extensions.remove::<Caller>() {
        Some(Caller::Session(caller)) => Ok(*caller),
        _ => Err(Problem::unauthorized()),
    }
}

impl FromRequestParts<Arc<Web>> for Authorized {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        let client = client(&parts.headers, &parts.extensions, &web.site);
        let caller = parts.extensions.get::<Caller>().ok_or_else(Problem::unauthorized)?;
        let session_id = match caller {
            Caller::Session(caller) => Some(caller.session_id),
            Caller::ApiKey(_) => None,
        };
        Ok(Self { context: caller.context(client), permissions: caller.permissions().clone(), session_id })
    }
}

impl FromRequestParts<Arc<Web>> for SignedInUser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let caller = session_caller(parts)?;
        let user = caller.user.ok_or_else(Problem::unauthorized)?;
        Ok(Self { user, permissions: caller.permissions })
    }
}

impl FromRequestParts<Arc<Web>> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        let caller = session_caller(parts)?;
        let context = caller.context(client(&parts.headers, &parts.extensions, &web.site));
        Ok(Self { caller, context })
    }
}

impl FromRequestParts<Arc<Web>> for MaybeAuthenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        let client = client(&parts.headers, &parts.extensions, &web.site);
        let caller = match identify(parts, web, Access::Challenge).await {
            Ok(Caller::Session(caller)) => Some(*caller),
            Ok(Caller::ApiKey(_)) => None,
            Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => None,
            Err(problem) => return Err(problem),
        };
        let context = match &caller {
            Some(caller) => caller.context(client),
            None => Context::anonymous(client),
        };
        Ok(Self { caller, context })
    }
}

impl FromRequestParts<Arc<Web>> for ClientInfo {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        Ok(Self(client(&parts.headers, &parts.extensions, &web.site)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_accept_a_key_as_the_reference_does() {
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
