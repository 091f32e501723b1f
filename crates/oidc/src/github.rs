//! GitHub: OAuth without an ID token. Who has signed in is read from its API.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};
use vestibule_auth::providers::{HttpClient, ProviderRefusal};
use vestibule_auth::{AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext};
use vestibule_core::EmailAddress;

use crate::callback::{self, Returned, Words};
use crate::exchange::{Exchange, ExchangeError};
use crate::identity::Proven;
use crate::options::{StandIn, url_at};
use crate::provider::no_registration;
use crate::requests::Requests;
use crate::start::Start;

/// The reference's name.
const NAME: &str = "Github Authentication";

/// The options of GitHub. Printed without the secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct GitHubOptions {
    /// Names the provider in routes and rows.
    pub id: String,
    /// What pages call the provider.
    pub name: String,
    /// The id that GitHub has given to this service.
    pub client_id: String,
    /// The secret that GitHub has given to this service.
    pub client_secret: String,
    /// Where GitHub sends the browser back, if the client names no other; the API's callback by default.
    pub callback_url: Option<String>,
    /// The callback URLs that a client may name, compared character by character.
    pub allowed_callback_urls: Vec<String>,
    /// Plays GitHub, for tests.
    pub stand_in: Option<StandIn>,
    /// Sends the requests to GitHub, in place of the module's client.
    pub http: Option<Arc<dyn HttpClient>>,
}

impl GitHubOptions {
    /// The options with their defaults.
    pub fn new(client_id: &str, client_secret: &str) -> Self {
        Self {
            id: "github".to_owned(),
            name: NAME.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            callback_url: None,
            allowed_callback_urls: Vec::new(),
            stand_in: None,
            http: None,
        }
    }
}

impl fmt::Debug for GitHubOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubOptions").field("id", &self.id).finish_non_exhaustive()
    }
}

/// GitHub. Its messages are the reference's.
#[derive(Debug)]
pub struct GitHubProvider {
    options: GitHubOptions,
}

impl GitHubProvider {
    /// The provider with these options.
    pub fn new(options: GitHubOptions) -> Self {
        Self { options }
    }

    fn url(&self, url: &str) -> String {
        url_at(self.options.stand_in.as_ref(), url)
    }

    fn requests<'a>(&'a self, context: &ProviderContext<'a>) -> Result<Requests<'a>, AuthenticateError> {
        Requests::of(self.options.http.as_deref(), &self.options.name, context)
    }

    /// The primary address, if GitHub has verified it. The public address of the profile may be any text.
    async fn address(&self, requests: Requests<'_>, token: &str) -> Result<Option<EmailAddress>, AuthenticateError> {
        let addresses = requests.get(&self.url("https://api.github.com/user/emails"), Some(token)).await?;
        let is = |address: &Json, field: &str| address.get(field) == Some(&Json::Bool(true));
        let primary = addresses
            .as_array()
            .and_then(|list| list.iter().find(|address| is(address, "primary") && is(address, "verified")));
        Ok(primary.and_then(|address| EmailAddress::parse(address.get("email")?.as_str()?).ok()))
    }
}

#[async_trait]
impl AuthProvider for GitHubProvider {
    fn identifier(&self) -> &str {
        &self.options.id
    }

    fn display_name(&self) -> &str {
        &self.options.name
    }

    fn short_name(&self) -> &str {
        if self.options.name == NAME { "GitHub" } else { &self.options.name }
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let start = Start {
            name: &self.options.name,
            words: Words::Reference,
            authorization_url: self.url("https://github.com/login/oauth/authorize"),
            client_id: &self.options.client_id,
            // To read the verified addresses.
            scope: "read:user user:email".to_owned(),
            pkce: true,
            nonce: false,
            callback_url: self.options.callback_url.as_deref(),
            allowed_callback_urls: &self.options.allowed_callback_urls,
            parameters: Vec::new(),
        };
        start.run(input, context).await
    }

    async fn register(
        &self,
        _input: &AuthInput,
        _context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(no_registration("Github"))
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let Returned { code, state } = callback::read(&self.options.name, input, context, Words::Reference).await?;
        let requests = self.requests(context)?;
        let exchange = Exchange {
            token_url: &self.url("https://github.com/login/oauth/access_token"),
            client_id: &self.options.client_id,
            client_secret: &self.options.client_secret,
            secret_in_body: true,
        };
        let refused = |error: &str| {
            ProviderRefusal::NotExchanged(format!("{} refused the code: {error}", self.options.name)).into()
        };
        let tokens = exchange.run(requests, &code, &state).await.map_err(|error| match error {
            ExchangeError::Refused { error, .. } => refused(&error),
            ExchangeError::Failed(error) => error,
        })?;
        let token = tokens.access_token.ok_or_else(|| refused("the response has no token"))?;
        let user = requests.get_object(&self.url("https://api.github.com/user"), token.secret()).await?;
        // The number never changes; the name of an account can be given up and taken by another.
        let id = user.get("id").and_then(Json::as_u64).map(|id| id.to_string()).unwrap_or_default();
        let email = self.address(requests, token.secret()).await?;
        let field = |name: &str| user.get(name).cloned().unwrap_or(Json::Null);
        let profile: Map<_, _> = [
            ("profile_url", field("url")),
            ("avatar", field("avatar_url")),
            ("email", json!(email.as_ref().map(ToString::to_string))),
            ("name", field("name")),
            ("company", field("company")),
            ("two_factor_authentication", field("two_factor_authentication")),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        Proven { id, email, profile, is_refreshed: true, has_second_factor: false }.authenticate(state, context).await
    }
}
