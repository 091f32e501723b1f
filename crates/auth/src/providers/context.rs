//! What a provider is handed with each request.

use vestibule_core::Environment;

use super::{AuthInput, HttpClient, IdentityStore, ProviderStates};
use crate::{AuthModule, AuthenticateError};

/// What a provider is handed with each request.
pub struct ProviderContext<'a> {
    identities: IdentityStore<'a>,
    states: ProviderStates<'a>,
    callback_url: Option<String>,
    http: Option<&'a dyn HttpClient>,
    environment: &'a Environment,
}

impl<'a> ProviderContext<'a> {
    pub(crate) fn new(module: &'a AuthModule, provider: &'a str, input: &'a AuthInput) -> Self {
        let at_api = || {
            let public_url = module.options.public_url.as_deref()?.trim_end_matches('/');
            Some(format!("{public_url}/auth/{}/{provider}/callback", input.actor_type))
        };
        Self {
            identities: IdentityStore::new(module, provider),
            states: module.provider_states(provider, &input.actor_type, &input.browser),
            callback_url: input.callback_url.clone().or_else(at_api),
            http: module.http.as_deref(),
            environment: &module.environment,
        }
    }

    /// The identities of this provider.
    pub fn identities(&self) -> &IdentityStore<'a> {
        &self.identities
    }

    /// What this provider remembers of sign-ins that are elsewhere, for this type of actors and this browser.
    pub fn states(&self) -> &ProviderStates<'a> {
        &self.states
    }

    /// The public URL to which this provider sends the browser back; nothing where the program has set none.
    pub fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }

    /// The clock and the randomness.
    pub fn environment(&self) -> &'a Environment {
        self.environment
    }

    /// What sends the requests of this provider.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::NoHttpClient`] where the program has given none.
    pub fn http(&self) -> Result<&'a dyn HttpClient, AuthenticateError> {
        self.http.ok_or(AuthenticateError::NoHttpClient)
    }
}
