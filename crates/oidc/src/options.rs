//! What an operator configures.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use url::Url;
use vestibule_auth::providers::HttpClient;

use crate::TrustEmail;

/// How a provider sends its response to the browser's callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResponseMode {
    /// In the query of the callback's URL.
    #[default]
    Query,
    /// By a form that the browser posts from the provider's site (OAuth 2.0 Form Post Response Mode), as Apple requires for
    /// names and addresses.
    FormPost,
}

/// The options of an OpenID Connect provider. Printed without the secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct OidcOptions {
    /// Names the provider in routes and rows. It never changes.
    pub id: String,
    /// What pages call the provider.
    pub name: String,
    /// The issuer, character by character as the provider writes it.
    pub issuer: String,
    /// The id that the provider has given to this service.
    pub client_id: String,
    /// The secret that the provider has given to this service.
    pub client_secret: String,
    /// What to ask the provider for; `openid` is always asked for.
    pub scopes: Vec<String>,
    /// Whether the provider's addresses count as the users' own.
    pub trust_email: TrustEmail,
    /// Whether to send a PKCE challenge (RFC 7636). Only providers that refuse requests with one need `false`.
    pub pkce: bool,
    /// How the provider sends its response.
    pub response_mode: ResponseMode,
    /// Which claim of the provider holds a field: `id` (`sub` otherwise), `email`, `name`, `given_name`, `family_name`,
    /// `picture`, or any further field of the user metadata. If another claim holds the `email`, name also the one that
    /// states its verification as `email_verified`: the provider's own is about its own `email` only.
    pub claims: BTreeMap<String, String>,
    /// Values of the claims `amr` and `acr` by which the provider states that it has checked a second factor. None by
    /// default: the second factor of this service is asked for.
    pub second_factor: Vec<String>,
    /// Where the provider sends the browser back, if the client names no other; the API's callback by default.
    pub callback_url: Option<String>,
    /// The callback URLs that a client may name, compared character by character.
    pub allowed_callback_urls: Vec<String>,
    /// Sends the requests to this provider, in place of the module's client.
    pub http: Option<Arc<dyn HttpClient>>,
}

impl OidcOptions {
    /// The options with their defaults.
    pub fn new(id: &str, issuer: &str, client_id: &str, client_secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
            trust_email: TrustEmail::default(),
            pkce: true,
            response_mode: ResponseMode::default(),
            claims: BTreeMap::new(),
            second_factor: Vec::new(),
            callback_url: None,
            allowed_callback_urls: Vec::new(),
            http: None,
        }
    }
}

impl fmt::Debug for OidcOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcOptions").field("id", &self.id).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// A program on this machine that plays the hosts of Google or GitHub, for tests: `http://127.0.0.1:7000` is asked for
/// `/accounts.google.com/o/oauth2/v2/auth` in place of the real URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn(Url);

impl StandIn {
    /// Reads the URL of a program on this machine.
    ///
    /// # Errors
    ///
    /// [`InvalidOptions`] for anything but `http` at a loopback address.
    pub fn parse(text: &str) -> Result<Self, InvalidOptions> {
        let invalid = || InvalidOptions(format!("not a URL such as http://127.0.0.1:7000 of this machine: {text}"));
        let url: Url = text.parse().map_err(|_| invalid())?;
        let is_local = match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if url.scheme() == "http" && is_local && url.path() == "/" && url.query().is_none() {
            Ok(Self(url))
        } else {
            Err(invalid())
        }
    }
}

/// Returns the URL, at the stand-in if there is one.
pub(crate) fn url_at(stand_in: Option<&StandIn>, url: &str) -> String {
    match (stand_in, url.strip_prefix("https://")) {
        (Some(StandIn(stand_in)), Some(rest)) => format!("{stand_in}{rest}"),
        _ => url.to_owned(),
    }
}

/// Why options make no provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidOptions(pub String);

impl fmt::Display for InvalidOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidOptions {}
