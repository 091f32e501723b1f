//! The interface of authentication providers.
//!
//! An authentication provider verifies a claim of identity. It stores what it needs in the provider identity, through
//! an [`IdentityStore`] limited to its own identities. One that redirects stores what belongs to the sign-in by its
//! [`ProviderStates`]. Both are part of the [`ProviderContext`] of a request.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await?;
//! # let options = vestibule_auth::AuthOptions::new(vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes"));
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let environment = vestibule_core::Environment::system();
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment, options, passwords);
//! use vestibule_auth::{AuthInput, EMAILPASS, Flow};
//!
//! let [built_in] = &auth.list_auth_providers(None)[..] else { panic!("one provider is built in") };
//! assert_eq!((built_in.id.as_str(), built_in.flow), (EMAILPASS, Flow::Credentials));
//!
//! let input = AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! assert!(!format!("{input:?}").contains("Lantern"), "passwords are never printed");
//! assert!(auth.authenticate(EMAILPASS, &input).await.is_err());
//! assert_eq!(auth.register(EMAILPASS, &input).await?.identity()?.entity_id(), "user@example.com");
//! # Ok(())
//! # }
//! ```

mod context;
pub(crate) mod emailcode;
pub(crate) mod emailpass;
mod http;
mod list;
mod refusal;
mod rejection;
mod states;
mod store;

use std::fmt;
use std::net::IpAddr;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Map, Value as Json};

pub use self::context::ProviderContext;
pub use self::emailcode::{EMAILCODE, EmailCodeProvider};
pub(crate) use self::emailpass::HASH;
pub use self::emailpass::{EMAILPASS, EmailPassProvider};
pub use self::http::{HttpClient, HttpError, HttpErrorKind};
pub use self::list::AuthProviderInfo;
pub use self::refusal::ProviderRefusal;
pub use self::rejection::{InvalidInput, RejectionReason};
pub use self::states::{Browser, CEREMONY_LIFETIME, PROVIDER_STATE_LIFETIME, ProviderState, ProviderStates};
pub use self::store::{IdentityStore, PROVEN_EMAIL, Registration};
use crate::{AuthenticateError, Authentication};

/// The input for a provider. Printed without the values, which include passwords.
#[derive(Clone, PartialEq, Default)]
pub struct AuthInput {
    /// The JSON body.
    pub body: Map<String, Json>,
    /// The query parameters, as a redirect's callback has them.
    pub query: Map<String, Json>,
    /// What the caller signs in as, such as `user`.
    pub actor_type: String,
    /// In which browser: a sign-in at a provider that redirects ends in the browser in which it began.
    pub browser: Browser,
    /// Where the provider sends the browser back; [`AuthOptions::public_url`](crate::AuthOptions::public_url) and the
    /// path of the API's callback where there is none.
    pub callback_url: Option<String>,
    /// The client's network address, as far as it is known: a provider that sends mails limits how many it causes.
    pub client_address: Option<IpAddr>,
    /// Where the browser continues after a sign-in at a provider that redirects; [`Authentication::Returned`] repeats it.
    pub continue_to: Option<String>,
}

impl AuthInput {
    /// An input with these fields in its body.
    pub fn body<K: Into<String>, V: Into<Json>>(fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let body = fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { body, ..Self::default() }
    }

    /// A field of the body, if it is a text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Json::as_str)
    }
}

impl fmt::Debug for AuthInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (body, query): (Vec<_>, Vec<_>) = (self.body.keys().collect(), self.query.keys().collect());
        f.debug_struct("AuthInput").field("body", &body).field("query", &query).finish()
    }
}

/// How users sign in by a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// They fill in a form of Vestibule.
    Credentials,
    /// They are redirected elsewhere, and back.
    Redirect,
    /// Their browser answers a challenge, as with a passkey.
    Ceremony,
    /// They enter a code that is mailed to them.
    Code,
}

/// A sign-in method. Implement it to add one; see `examples/embed.rs`.
#[async_trait]
pub trait AuthProvider: Send + Sync + 'static {
    /// Its name in URLs and rows: `emailpass`. It never changes.
    fn identifier(&self) -> &str;

    /// Its display name.
    fn display_name(&self) -> &str;

    /// What buttons call it: "Continue with Google".
    fn short_name(&self) -> &str {
        self.display_name()
    }

    /// How users sign in by it.
    fn flow(&self) -> Flow;

    /// Whether it stores passwords: users then sign in by the form of the sign-in page, and can change and reset a
    /// password.
    fn holds_passwords(&self) -> bool {
        false
    }

    /// Whether it sends its response by a form that the browser posts: the page of the callback then accepts forms of other
    /// websites.
    fn posts_response(&self) -> bool {
        false
    }

    /// The fields that the body of a request to this provider may have; `None` if it accepts any. The routes refuse
    /// others before the provider sees them.
    fn fields(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// The account that this input tries to sign in to, as its failed attempts are counted; `None` if nothing can be
    /// guessed.
    fn account(&self, _input: &AuthInput) -> Option<String> {
        None
    }

    /// Authenticates a user.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`] if the credentials are wrong.
    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError>;

    /// Registers an identity.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`], also if the provider has no registration.
    async fn register(
        &self,
        _input: &AuthInput,
        _context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(not_implemented("Registration", self.identifier()))
    }

    /// Continues after a redirect has led back.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`], also if the provider does not redirect.
    async fn validate_callback(
        &self,
        _input: &AuthInput,
        _context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(not_implemented("Callback authentication", self.identifier()))
    }

    /// Updates what the provider stores of an identity.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`], also if the provider stores nothing.
    async fn update(
        &self,
        _entity_id: &str,
        _input: &AuthInput,
        _context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(not_implemented("Update", self.identifier()))
    }
}

fn not_implemented(method: &'static str, provider: &str) -> AuthenticateError {
    RejectionReason::NotImplemented { method, provider: provider.to_owned() }.into()
}
