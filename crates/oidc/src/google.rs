//! Google.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use vestibule_auth::providers::{HttpClient, ProviderRefusal};
use vestibule_auth::{AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext};

use crate::callback::{self, Returned, Words};
use crate::email::{TrustEmail, Unverified};
use crate::exchange::{Exchange, ExchangeError};
use crate::id_token::{self, Expected, Fault};
use crate::identity::Proven;
use crate::metadata::{Documents, Metadata};
use crate::options::{StandIn, url_at};
use crate::provider::no_registration;
use crate::requests::Requests;
use crate::start::Start;

/// Both spellings of the issuer (Google, "Validating an ID token").
const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// The reference's name.
const NAME: &str = "Google Authentication";

/// The options of Google. Printed without the secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct GoogleOptions {
    /// Names the provider in routes and rows.
    pub id: String,
    /// What pages call the provider.
    pub name: String,
    /// The id that Google has given to this service.
    pub client_id: String,
    /// The secret that Google has given to this service.
    pub client_secret: String,
    /// The domains of Google Workspace whose users may sign in; any Google account, if there is none.
    pub hosted_domains: Vec<String>,
    /// Where Google sends the browser back, if the client names no other; the API's callback by default.
    pub callback_url: Option<String>,
    /// The callback URLs that a client may name, compared character by character.
    pub allowed_callback_urls: Vec<String>,
    /// Plays Google, for tests.
    pub stand_in: Option<StandIn>,
    /// Sends the requests to Google, in place of the module's client.
    pub http: Option<Arc<dyn HttpClient>>,
}

impl GoogleOptions {
    /// The options with their defaults.
    pub fn new(client_id: &str, client_secret: &str) -> Self {
        Self {
            id: "google".to_owned(),
            name: NAME.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            hosted_domains: Vec::new(),
            callback_url: None,
            allowed_callback_urls: Vec::new(),
            stand_in: None,
            http: None,
        }
    }
}

impl fmt::Debug for GoogleOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleOptions").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Google: its endpoints are fixed, and its messages are the reference's.
pub struct GoogleProvider {
    options: GoogleOptions,
    metadata: Metadata,
    documents: Documents,
}

impl GoogleProvider {
    /// The provider with these options.
    pub fn new(options: GoogleOptions) -> Self {
        let at = |url: &str| url_at(options.stand_in.as_ref(), url);
        let metadata = Metadata {
            issuer: "https://accounts.google.com".to_owned(),
            authorization_endpoint: at("https://accounts.google.com/o/oauth2/v2/auth"),
            token_endpoint: at("https://oauth2.googleapis.com/token"),
            jwks_uri: at("https://www.googleapis.com/oauth2/v3/certs"),
            userinfo_endpoint: None,
            token_endpoint_auth_methods_supported: Vec::new(),
            authorization_response_iss_parameter_supported: false,
        };
        Self { documents: Documents::of_endpoints(metadata.clone()), metadata, options }
    }

    fn requests<'a>(&'a self, context: &ProviderContext<'a>) -> Result<Requests<'a>, AuthenticateError> {
        Requests::of(self.options.http.as_deref(), &self.options.name, context)
    }

    async fn verify(
        &self,
        token: &str,
        expected: (Option<&str>, Option<&openidconnect::AccessToken>),
        requests: Requests<'_>,
        context: &ProviderContext<'_>,
    ) -> Result<Map<String, Json>, AuthenticateError> {
        let (nonce, access_token) = expected;
        let (client_id, now) = (&self.options.client_id, context.environment().now());
        let expected = Expected { issuers: &ISSUERS, client_id, nonce, access_token, now };
        let verified = id_token::verify_with_keys(token, &self.documents, &self.metadata, requests, expected).await?;
        verified.map_err(|fault| {
            let message = format!("Could not verify Google id_token: {}", self.in_reference_words(&fault));
            ProviderRefusal::InvalidIdToken(message).into()
        })
    }

    fn in_reference_words(&self, fault: &Fault) -> String {
        match fault {
            Fault::Issuer => format!("jwt issuer invalid. expected: {}", ISSUERS.join(",")),
            Fault::Audience => format!("jwt audience invalid. expected: {}", self.options.client_id),
            Fault::Signature => "invalid signature".to_owned(),
            Fault::Expired => "jwt expired".to_owned(),
            fault => fault.to_string(),
        }
    }

    /// Checks the domain of Google Workspace: the parameter `hd` of the request is a wish only.
    fn check_hosted_domain(&self, claims: &Map<String, Json>) -> Result<(), ProviderRefusal> {
        let domains = &self.options.hosted_domains;
        let domain = claims.get("hd").and_then(Json::as_str);
        if domains.is_empty() || domain.is_some_and(|domain| domains.iter().any(|one| one.eq_ignore_ascii_case(domain)))
        {
            return Ok(());
        }
        Err(ProviderRefusal::OtherDomain { domains: domains.join(", ") })
    }
}

#[async_trait]
impl AuthProvider for GoogleProvider {
    fn identifier(&self) -> &str {
        &self.options.id
    }

    fn display_name(&self) -> &str {
        &self.options.name
    }

    fn short_name(&self) -> &str {
        if self.options.name == NAME { "Google" } else { &self.options.name }
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let hosted_domain = match self.options.hosted_domains.as_slice() {
            [] => None,
            [domain] => Some(("hd", domain.clone())),
            _ => Some(("hd", "*".to_owned())),
        };
        let start = Start {
            name: &self.options.name,
            words: Words::Reference,
            authorization_url: self.metadata.authorization_endpoint.clone(),
            client_id: &self.options.client_id,
            scope: "email profile openid".to_owned(),
            pkce: true,
            nonce: true,
            callback_url: self.options.callback_url.as_deref(),
            allowed_callback_urls: &self.options.allowed_callback_urls,
            parameters: hosted_domain.into_iter().collect(),
        };
        start.run(input, context).await
    }

    async fn register(
        &self,
        _input: &AuthInput,
        _context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(no_registration("Google"))
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let Returned { code, state } = callback::read(&self.options.name, input, context, Words::Reference).await?;
        let requests = self.requests(context)?;
        let exchange = Exchange {
            token_url: &self.metadata.token_endpoint,
            client_id: &self.options.client_id,
            client_secret: &self.options.client_secret,
            secret_in_body: true,
        };
        let tokens = exchange.run(requests, &code, &state).await.map_err(|error| match error {
            ExchangeError::Refused { status, .. } => {
                let reason = status.canonical_reason().unwrap_or_default();
                let message = format!("Could not exchange token, {}, {reason}", status.as_u16());
                ProviderRefusal::NotExchanged(message).into()
            }
            ExchangeError::Failed(error) => error,
        })?;
        let token = tokens.id_token.as_deref();
        let token = token.ok_or_else(|| ProviderRefusal::InvalidIdToken("Authentication failed".to_owned()))?;
        let expected = (state.nonce.as_deref(), tokens.access_token.as_ref());
        let claims = self.verify(token, expected, requests, context).await?;
        self.check_hosted_domain(&claims)?;
        let email = TrustEmail::Verified.proven(&claims).map_err(|Unverified| {
            ProviderRefusal::EmailNotVerified("Email not verified, cannot proceed with authentication".to_owned())
        })?;
        let fields = ["name", "email", "picture", "given_name", "family_name"];
        let profile = fields.iter().filter_map(|field| Some(((*field).to_owned(), claims.get(*field)?.clone())));
        let id = claims.get("sub").and_then(Json::as_str).unwrap_or_default().to_owned();
        // The reference writes the profile once.
        let proven = Proven { id, email, profile: profile.collect(), is_refreshed: false, has_second_factor: false };
        proven.authenticate(state, context).await
    }
}
