//! The ways to authenticate.
//!
//! A provider believes or does not believe what somebody says of himself. It keeps what it needs for that in the
//! provider identity, through an [`IdentityStore`] that shows it its own identities and nobody else's.

pub(crate) mod emailpass;
mod list;
mod states;
mod store;

use std::fmt;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Map, Value as Json};

pub use self::emailpass::{EMAILPASS, EmailPassProvider};
pub use self::list::AuthProviderInfo;
pub use self::states::{Browser, PROVIDER_STATE_LIFETIME, ProviderState, ProviderStates};
pub use self::store::{IdentityStore, Registration};
use crate::{AuthenticateError, Authentication};

/// What somebody sends to a provider. Printed without the values: there are passwords among them.
#[derive(Clone, PartialEq, Default)]
pub struct AuthInput {
    /// The JSON body.
    pub body: Map<String, Json>,
    /// The query parameters, as a redirect's callback has them.
    pub query: Map<String, Json>,
}

impl AuthInput {
    /// An input with these fields in its body.
    pub fn body<K: Into<String>, V: Into<Json>>(fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let body = fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { body, query: Map::new() }
    }

    /// A field of the body, where it is a text.
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

/// How people go through a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// They fill in a form of ours.
    Credentials,
    /// They come by elsewhere, and back.
    Redirect,
}

/// A way to authenticate. Implement it to add one; see `examples/embed.rs`.
#[async_trait]
pub trait AuthProvider: Send + Sync + 'static {
    /// Its name in URLs and rows: `emailpass`. It never changes.
    fn identifier(&self) -> &str;

    /// Its name for people.
    fn display_name(&self) -> &str;

    /// How people go through it.
    fn flow(&self) -> Flow;

    /// Whether it keeps passwords: people then sign in by the form of the sign-in page, and can change and reset a password.
    fn holds_passwords(&self) -> bool {
        false
    }

    /// The fields that the body of a request to this provider may have; `None` where the provider takes any. The routes
    /// refuse others before the provider sees them.
    fn fields(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// The account that somebody with this input tries to come in by, as its failed tries are counted; `None` where
    /// nothing can be guessed.
    fn account(&self, _input: &AuthInput) -> Option<String> {
        None
    }

    /// Authenticates somebody.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`] where the provider does not believe it.
    async fn authenticate(
        &self,
        input: &AuthInput,
        identities: &IdentityStore<'_>,
    ) -> Result<Authentication, AuthenticateError>;

    /// Makes an identity.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`], also where the provider registers nobody.
    async fn register(
        &self,
        _input: &AuthInput,
        _identities: &IdentityStore<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(not_implemented("Registration", self.identifier()))
    }

    /// Goes on where a redirect has led back to us.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`], also where the provider redirects nobody.
    async fn validate_callback(
        &self,
        _input: &AuthInput,
        _identities: &IdentityStore<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(not_implemented("Callback authentication", self.identifier()))
    }

    /// Changes what the provider keeps of an identity.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`], also where the provider keeps nothing.
    async fn update(
        &self,
        _entity_id: &str,
        _input: &AuthInput,
        _identities: &IdentityStore<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        Err(not_implemented("Update", self.identifier()))
    }
}

fn not_implemented(what: &str, provider: &str) -> AuthenticateError {
    AuthenticateError::Refused(format!("{what} not implemented for provider {provider}"))
}
