//! A provider of OpenID Connect.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use url::Url;
use vestibule_auth::providers::{ProviderRefusal, RejectionReason};
use vestibule_auth::{AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext};

use crate::callback::{self, Returned, Words};
use crate::email::Unverified;
use crate::exchange::{Exchange, ExchangeError, Tokens};
use crate::id_token::{self, Expected};
use crate::identity::Proven;
use crate::metadata::{Documents, Metadata};
use crate::requests::Requests;
use crate::start::Start;
use crate::{InvalidOptions, OidcOptions, ResponseMode, TrustEmail};

/// The claims that are kept of a user, unless others are named.
const PROFILE: [&str; 5] = ["email", "name", "given_name", "family_name", "picture"];

/// A provider of OpenID Connect.
pub struct OidcProvider {
    options: OidcOptions,
    documents: Documents,
}

impl OidcProvider {
    /// A provider with these options. Its configuration is read with the first sign-in.
    ///
    /// # Errors
    ///
    /// [`InvalidOptions`] for an issuer that is no URL.
    pub fn new(options: OidcOptions) -> Result<Self, InvalidOptions> {
        let issuer = &options.issuer;
        match issuer.parse::<Url>() {
            Ok(url) if matches!(url.scheme(), "https" | "http") && url.host().is_some() => {
                Ok(Self { documents: Documents::of_issuer(issuer), options })
            }
            _ => Err(InvalidOptions(format!("the issuer is not a URL: {issuer}"))),
        }
    }

    fn requests<'a>(&'a self, context: &ProviderContext<'a>) -> Result<Requests<'a>, AuthenticateError> {
        Requests::of(self.options.http.as_deref(), &self.options.name, context)
    }

    /// The claim that holds a field.
    fn claim<'a>(&'a self, field: &'a str) -> &'a str {
        let default = if field == "id" { "sub" } else { field };
        self.options.claims.get(field).map_or(default, String::as_str)
    }

    /// Checks that the response comes from this provider, and not from another that the browser was led to (RFC 9207).
    fn check_response_issuer(&self, input: &AuthInput, metadata: &Metadata) -> Result<(), ProviderRefusal> {
        let named = callback::text(&input.query, "iss").or_else(|| callback::text(&input.body, "iss"));
        match named {
            Some(issuer) if issuer == metadata.issuer => Ok(()),
            None if !metadata.authorization_response_iss_parameter_supported => Ok(()),
            _ => Err(ProviderRefusal::OtherIssuer { name: self.options.name.clone() }),
        }
    }

    /// Verifies the ID token.
    async fn verify(
        &self,
        tokens: &Tokens,
        nonce: Option<&str>,
        metadata: &Metadata,
        (requests, context): (Requests<'_>, &ProviderContext<'_>),
    ) -> Result<Map<String, Json>, AuthenticateError> {
        let name = &self.options.name;
        let text = tokens.id_token.as_deref().ok_or_else(|| {
            ProviderRefusal::InvalidIdToken(format!("{name} has sent no ID token: openid must be among the scopes"))
        })?;
        let expected = Expected {
            issuers: &[&metadata.issuer],
            client_id: &self.options.client_id,
            nonce,
            access_token: tokens.access_token.as_ref(),
            now: context.environment().now(),
        };
        let verified = id_token::verify_with_keys(text, &self.documents, metadata, requests, expected).await?;
        verified.map_err(|fault| {
            let message = format!("The ID token of {name} is refused: {fault}");
            ProviderRefusal::InvalidIdToken(message).into()
        })
    }

    /// Adds what the provider tells of the user only on request, if the ID token lacks the address.
    async fn add_user_info(
        &self,
        claims: &mut Map<String, Json>,
        tokens: &Tokens,
        metadata: &Metadata,
        requests: Requests<'_>,
    ) -> Result<(), AuthenticateError> {
        let (Some(url), Some(token)) = (&metadata.userinfo_endpoint, &tokens.access_token) else { return Ok(()) };
        if claims.contains_key(self.claim("email")) {
            return Ok(());
        }
        let told = requests.get_object(url, token.secret()).await?;
        // Another user's data could be mixed in otherwise (OpenID Connect Core 5.3.2).
        if told.get("sub") != claims.get("sub") {
            let message = format!("{} has sent the data of another user", self.options.name);
            return Err(ProviderRefusal::InvalidIdToken(message).into());
        }
        for (name, value) in told {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn proven(&self, claims: &Map<String, Json>) -> Result<Proven, AuthenticateError> {
        let id = claims.get(self.claim("id")).and_then(text_of).unwrap_or_default();
        let fields = PROFILE.iter().copied().chain(self.options.claims.keys().map(String::as_str));
        let mut profile = Map::new();
        for field in fields.filter(|field| *field != "id") {
            if let Some(value) = claims.get(self.claim(field)) {
                profile.insert(field.to_owned(), value.clone());
            }
        }
        let verified = match self.options.claims.get("email_verified") {
            Some(claim) => claims.get(claim),
            // It is about the claim `email`: others may hold what users choose freely, such as `preferred_username`.
            None => claims.get("email_verified").filter(|_| self.claim("email") == "email"),
        };
        let stated: Map<_, _> = [("email", profile.get("email")), ("email_verified", verified)]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.clone())))
            .collect();
        let email = self.options.trust_email.proven(&stated).map_err(|Unverified| {
            let message = "The identity provider did not confirm a verified email address".to_owned();
            ProviderRefusal::EmailNotVerified(message)
        })?;
        Ok(Proven { id, email, profile, is_refreshed: true, has_second_factor: false })
    }

    fn states_second_factor(&self, claims: &Map<String, Json>) -> bool {
        let trusted =
            |value: &Json| value.as_str().is_some_and(|text| self.options.second_factor.iter().any(|one| one == text));
        claims.get("acr").is_some_and(trusted)
            || claims.get("amr").and_then(Json::as_array).is_some_and(|methods| methods.iter().any(trusted))
    }
}

/// An id as text: some providers write numbers.
fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[async_trait]
impl AuthProvider for OidcProvider {
    fn identifier(&self) -> &str {
        &self.options.id
    }

    fn display_name(&self) -> &str {
        &self.options.name
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    fn posts_response(&self) -> bool {
        self.options.response_mode == ResponseMode::FormPost
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let metadata = self.documents.metadata(self.requests(context)?, context.environment().now()).await?;
        let mut scopes = self.options.scopes.clone();
        if !scopes.iter().any(|scope| scope == "openid") {
            scopes.insert(0, "openid".to_owned());
        }
        let start = Start {
            name: &self.options.name,
            words: Words::Own,
            authorization_url: metadata.authorization_endpoint,
            client_id: &self.options.client_id,
            scope: scopes.join(" "),
            pkce: self.options.pkce,
            nonce: true,
            callback_url: self.options.callback_url.as_deref(),
            allowed_callback_urls: &self.options.allowed_callback_urls,
            parameters: self.posts_response().then(|| ("response_mode", "form_post".to_owned())).into_iter().collect(),
        };
        start.run(input, context).await
    }

    async fn register(
        &self,
        _input: &AuthInput,
        _context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(no_registration(&self.options.name))
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let Returned { code, state } = callback::read(&self.options.name, input, context, Words::Own).await?;
        let requests = self.requests(context)?;
        let metadata = self.documents.metadata(requests, context.environment().now()).await?;
        self.check_response_issuer(input, &metadata)?;
        let exchange = Exchange {
            token_url: &metadata.token_endpoint,
            client_id: &self.options.client_id,
            client_secret: &self.options.client_secret,
            secret_in_body: metadata.takes_secret_in_body(),
        };
        let tokens = exchange.run(requests, &code, &state).await.map_err(|error| match error {
            ExchangeError::Refused { error, .. } => {
                let message = format!("{} refused the code: {error}", self.options.name);
                ProviderRefusal::NotExchanged(message).into()
            }
            ExchangeError::Failed(error) => error,
        })?;
        let mut claims = self.verify(&tokens, state.nonce.as_deref(), &metadata, (requests, context)).await?;
        // Only what the provider has signed counts.
        let has_second_factor = self.states_second_factor(&claims);
        if self.options.trust_email != TrustEmail::Never {
            self.add_user_info(&mut claims, &tokens, &metadata, requests).await?;
        }
        Proven { has_second_factor, ..self.proven(&claims)? }.authenticate(state, context).await
    }
}

/// The refusal of a registration, in the reference's words.
pub(crate) fn no_registration(name: &str) -> AuthenticateError {
    RejectionReason::NoRegistration { provider: name.to_owned() }.into()
}
