//! The destination of a webhook: a checked URL.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use rustls::pki_types::ServerName;
use url::Url;

use crate::guard::literal;

/// The longest URL, in bytes.
const MAX_LENGTH: usize = 2048;

/// The destination of a webhook: an `http` or `https` URL with a host, without user name, password and fragment, of at
/// most 2048 bytes. It is normalized as browsers do (the URL standard): `HTTP://2130706433` becomes
/// `http://127.0.0.1/`.
///
/// [`AddressGuard`](crate::AddressGuard) decides whether its address may be connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: Url,
    // The same for hyper; converted here, so that sending cannot fail for it.
    uri: Uri,
}

/// Why a text is no endpoint. The message says what would be valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEndpoint {
    /// It is too long.
    #[error("a webhook's URL has at most 2048 bytes")]
    TooLong,
    /// It contains a character that URLs must not contain.
    #[error("a webhook's URL has no spaces, backslashes or control characters: write %20 for a space")]
    Character,
    /// It is no URL, or has no host.
    #[error("not a URL with a host: write it as https://hooks.example.com/path")]
    Malformed,
    /// Its scheme is neither `http` nor `https`.
    #[error("a webhook's URL begins with https:// (or with http://, inside networks that are allowed)")]
    Scheme,
    /// It has a user name or a password.
    #[error("a webhook's URL has no user name or password: the receiver knows Vestibule by the signature")]
    UserInfo,
    /// It has a fragment.
    #[error("a webhook's URL has no #fragment: servers never see it")]
    Fragment,
    /// Its port is 0.
    #[error("a webhook's URL has a port between 1 and 65535")]
    Port,
}

impl Endpoint {
    /// Returns the host as in the URL: a name in lower case, or an address, IPv6 in brackets.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Returns whether the scheme is `https`.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Returns the URL.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidEndpoint::TooLong);
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(InvalidEndpoint::Character);
        }
        // Browsers accept `https:host` and `https:///host`, but they are most likely mistakes.
        let (scheme, rest) = text.split_once("://").ok_or(InvalidEndpoint::Malformed)?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(InvalidEndpoint::Scheme);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() {
            return Err(InvalidEndpoint::Malformed);
        }
        if authority.contains('@') {
            return Err(InvalidEndpoint::UserInfo);
        }
        let url = Url::parse(text).map_err(|_| InvalidEndpoint::Malformed)?;
        if url.fragment().is_some() {
            return Err(InvalidEndpoint::Fragment);
        }
        if url.port() == Some(0) {
            return Err(InvalidEndpoint::Port);
        }
        // Characters outside ASCII grow when they are encoded.
        if url.as_str().len() > MAX_LENGTH {
            return Err(InvalidEndpoint::TooLong);
        }
        let uri: Uri = url.as_str().parse().map_err(|_| InvalidEndpoint::Malformed)?;
        let host = uri.host().unwrap_or_default();
        // Both parsers must mean the same server, and TLS must be able to name it: no label of 64 letters.
        let is_name = literal(host).is_some() || ServerName::try_from(host).is_ok();
        match is_name && Some(host) == url.host_str() && uri.port_u16() == url.port() {
            true => Ok(Self { url, uri }),
            false => Err(InvalidEndpoint::Malformed),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
