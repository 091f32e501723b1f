//! An Auth Module in an empty database, with providers that answer from memory.

mod http;
mod keys;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use url::Url;
use vestibule_auth::providers::{Browser, ProviderRefusal};
use vestibule_auth::{
    AuthIdentity, AuthInput, AuthModule, AuthOptions, AuthenticateError, Authentication, PasswordConfig, Passwords,
    ProviderMethod,
};
use vestibule_core::{DomainError, Environment, SigningKey};
use vestibule_database::{Database, Migrations};
use vestibule_oidc::{GitHubOptions, GitHubProvider, GoogleOptions, GoogleProvider, OidcOptions, OidcProvider};
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase, test_environment};

pub(crate) use self::http::{Answer, FakeHttp, Sent};
pub(crate) use self::keys::{Key, hash_of, unsigned};

pub(crate) const SECRET_OF_CLIENT: &str = "the secret, of &this= client";
pub(crate) const ISSUER: &str = "https://accounts.example";
pub(crate) const OTHER_ISSUER: &str = "https://other.example";
pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const ACCESS_TOKEN: &str = "the access token";
pub(crate) const CALLBACK: &str = "https://people.example/auth/user/company/callback";

pub(crate) type Outcome = Result<Authentication, AuthenticateError>;

pub(crate) struct Site {
    pub(crate) module: AuthModule,
    pub(crate) http: FakeHttp,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    environment: Environment,
    passwords: Passwords,
    place: Arc<TestDatabase>,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS];

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(Self::TABLES).await.unwrap();
        let (environment, clock) = test_environment();
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let http = FakeHttp::default();
        publish(&http, ISSUER);
        publish(&http, OTHER_ISSUER);
        let certificates = "https://www.googleapis.com/oauth2/v3/certs";
        http.answer(certificates, Answer::json(&json!({ "keys": [Key::Ed.public()] })));
        let module = module(&database, &environment, &passwords, &http);
        Self { module, http, database, clock, environment, passwords, place }
    }
}

/// Puts the documents of a provider where they are read.
fn publish(http: &FakeHttp, issuer: &str) {
    http.answer(&format!("{issuer}/.well-known/openid-configuration"), Answer::json(&metadata(issuer)));
    let keys = [Key::Ed, Key::Rsa, Key::Ec].map(Key::public);
    http.answer(&format!("{issuer}/keys"), Answer::json(&json!({ "keys": keys })));
}

/// The configuration of a provider.
pub(crate) fn metadata(issuer: &str) -> Json {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?tenant=a%20b"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
    })
}

pub(crate) fn options(id: &str, issuer: &str) -> OidcOptions {
    OidcOptions::new(id, issuer, "the client", SECRET_OF_CLIENT)
}

fn module(database: &Database, environment: &Environment, passwords: &Passwords, http: &FakeHttp) -> AuthModule {
    let mut auth = AuthOptions::new(SigningKey::new(b"a secret of thirty-two bytes, or"));
    auth.public_url = Some("https://people.example".to_owned());
    AuthModule::new(database.clone(), environment.clone(), auth, passwords.clone())
        .with_http_client(http.clone())
        .with_provider(OidcProvider::new(options("company", ISSUER)).unwrap())
        .with_provider(OidcProvider::new(options("other", OTHER_ISSUER)).unwrap())
        .with_provider(GoogleProvider::new(GoogleOptions::new("the client", SECRET_OF_CLIENT)))
        .with_provider(GitHubProvider::new(GitHubOptions::new("the client", SECRET_OF_CLIENT)))
}

impl Site {
    /// Sets the options of the provider `company`.
    pub(crate) fn set(&mut self, change: impl FnOnce(&mut OidcOptions)) {
        let mut options = options("company", ISSUER);
        change(&mut options);
        self.module = self.module.clone().with_provider(OidcProvider::new(options).unwrap());
    }

    /// Changes the configuration that `company` publishes; it is read again.
    pub(crate) fn announce(&mut self, change: impl FnOnce(&mut Json)) {
        let mut document = metadata(ISSUER);
        change(&mut document);
        self.http.answer(&format!("{ISSUER}/.well-known/openid-configuration"), Answer::json(&document));
        self.set(|_| {});
    }

    /// The module of another process: with its own connections, randomness and copies of documents.
    pub(crate) async fn another_process(&self) -> AuthModule {
        let environment = Environment::new(Arc::new(self.clock.clone()), Arc::new(SeededRandom::new(2)));
        module(&self.place.open().await, &environment, &self.passwords, &self.http)
    }

    pub(crate) fn now(&self) -> i64 {
        self.environment.now().as_seconds()
    }

    pub(crate) async fn begin(&self, provider: &str) -> Begun {
        begin(&self.module, provider, input([])).await.unwrap()
    }

    /// The claims of an ID token that is accepted.
    pub(crate) fn claims(&self, begun: &Begun) -> Json {
        json!({
            "iss": ISSUER,
            "aud": "the client",
            "sub": "ada at company",
            "iat": self.now(),
            "exp": self.now() + 300,
            "nonce": begun.parameter("nonce"),
            "email": ADA,
            "email_verified": true,
            "name": "Ada Lovelace",
        })
    }

    /// Completes a sign-in with this ID token.
    pub(crate) async fn finish_with(&self, begun: &Begun, token: &str) -> Outcome {
        self.issue(begun, json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": token }));
        finish(&self.module, begun, &[]).await
    }

    /// Has the provider issue the code `code` for these tokens.
    pub(crate) fn issue(&self, begun: &Begun, tokens: Json) {
        let challenge = begun.find("code_challenge");
        self.http.issue("code", challenge.as_deref(), &begun.parameter("redirect_uri"), tokens);
    }

    /// Signs in by `company` with changed claims.
    pub(crate) async fn sign_in(&self, change: impl FnOnce(&mut Json)) -> Outcome {
        let begun = self.begin("company").await;
        let mut claims = self.claims(&begun);
        change(&mut claims);
        self.finish_with(&begun, &Key::Ed.token(&claims)).await
    }

    pub(crate) async fn count(&self, from: &str) -> i64 {
        self.database.query_scalar(format!("SELECT count(*) FROM {from}"), &[]).await.unwrap()
    }
}

/// A sign-in whose browser is at the provider.
#[derive(Clone)]
pub(crate) struct Begun {
    pub(crate) provider: String,
    pub(crate) location: Url,
}

impl Begun {
    /// A parameter of the URL that the browser was sent to.
    pub(crate) fn find(&self, name: &str) -> Option<String> {
        self.location.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn parameter(&self, name: &str) -> String {
        self.find(name).unwrap_or_else(|| panic!("{name} is not in {}", self.location))
    }
}

/// A request of the test's browser, for users.
pub(crate) fn input<const N: usize>(query: [(&str, &str); N]) -> AuthInput {
    AuthInput {
        query: query.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
        actor_type: "user".to_owned(),
        browser: Browser::Known("the cookie".to_owned()),
        continue_to: Some("/app".to_owned()),
        ..AuthInput::default()
    }
}

pub(crate) async fn begin(module: &AuthModule, provider: &str, input: AuthInput) -> Result<Begun, AuthenticateError> {
    match module.call_provider(ProviderMethod::Authenticate, provider, &input).await? {
        Authentication::Redirect { location } => {
            Ok(Begun { provider: provider.to_owned(), location: location.parse().unwrap() })
        }
        other => panic!("no redirect: {other:?}"),
    }
}

/// Sends the browser back with the code `code` and further parameters.
pub(crate) async fn finish(module: &AuthModule, begun: &Begun, further: &[(&str, &str)]) -> Outcome {
    let state = begun.parameter("state");
    let mut input = input([("code", "code"), ("state", &state)]);
    input.query.extend(further.iter().map(|(name, value)| ((*name).to_owned(), Json::from(*value))));
    call_back(module, &begun.provider, &input).await
}

pub(crate) async fn call_back(module: &AuthModule, provider: &str, input: &AuthInput) -> Outcome {
    module.call_provider(ProviderMethod::ValidateCallback, provider, input).await
}

/// The identity of a sign-in that succeeded.
pub(crate) fn identity(outcome: Outcome) -> AuthIdentity {
    match outcome.unwrap() {
        Authentication::Returned { identity, continue_to, .. } => {
            assert_eq!(continue_to.as_deref(), Some("/app"));
            *identity
        }
        other => panic!("not returned: {other:?}"),
    }
}

/// What the provider `company` has stated of the only user.
pub(crate) fn profile(identity: &AuthIdentity) -> Map<String, Json> {
    identity.provider_identities[0].user_metadata.clone().unwrap().as_object().clone()
}

/// The address that a provider has proved to be the user's.
pub(crate) fn proven(identity: &AuthIdentity) -> Option<&str> {
    identity.provider_identities[0].provider_metadata.get("proven_email").and_then(Json::as_str)
}

pub(crate) fn refusal<T>(result: Result<T, AuthenticateError>) -> ProviderRefusal {
    match result {
        Err(AuthenticateError::Provider(refusal)) => refusal,
        Err(error) => panic!("another error: {error:?}"),
        Ok(_) => panic!("it should have been refused"),
    }
}

/// The code of an expected refusal.
pub(crate) fn code<T>(result: Result<T, AuthenticateError>) -> &'static str {
    refusal(result).code().unwrap()
}

/// Asserts that the ID token is refused for this reason.
pub(crate) fn assert_token_refused(outcome: Outcome, reason: &str, case: &str) {
    let refusal = refusal(outcome);
    assert_eq!(refusal.code(), Some("id_token_invalid"), "{case}: {refusal}");
    assert!(refusal.to_string().contains(reason), "{case}: {refusal}");
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const SECOND: Duration = Duration::from_secs(1);
