//! What a provider is handed with each request.

use std::net::IpAddr;

use serde_json::{Map, Value as Json};
use vestibule_core::Environment;
use vestibule_database::Error;

use super::{AuthInput, HttpClient, IdentityStore, ProviderStates};
use crate::mfa::{FactorRejected, MfaProof};
use crate::{AuthIdentityId, AuthModule, AuthenticateError, DeviceSecrets};

/// What a provider is handed with each request.
pub struct ProviderContext<'a> {
    module: &'a AuthModule,
    provider: &'a str,
    identities: IdentityStore<'a>,
    states: ProviderStates<'a>,
    callback_url: Option<String>,
    http: Option<&'a dyn HttpClient>,
    client_address: Option<IpAddr>,
    devices: DeviceSecrets,
    environment: &'a Environment,
}

impl<'a> ProviderContext<'a> {
    pub(crate) fn new(module: &'a AuthModule, provider: &'a str, input: &'a AuthInput) -> Self {
        let at_api = || {
            let public_url = module.options.public_url.as_deref()?.trim_end_matches('/');
            Some(format!("{public_url}/auth/{}/{provider}/callback", input.actor_type))
        };
        Self {
            module,
            provider,
            identities: IdentityStore::new(module, provider),
            states: module.provider_states(provider, &input.actor_type, &input.browser),
            callback_url: input.callback_url.clone().or_else(at_api),
            http: module.http.as_deref(),
            client_address: input.client_address,
            devices: DeviceSecrets::default(),
            environment: &module.environment,
        }
    }

    /// The same request, from a device with these secrets.
    pub(crate) fn on_device(mut self, secrets: &DeviceSecrets) -> Self {
        self.devices = secrets.clone();
        self
    }

    /// The module, for a provider that is a part of it.
    pub(crate) fn module(&self) -> &'a AuthModule {
        self.module
    }

    pub(crate) fn client_address(&self) -> Option<IpAddr> {
        self.client_address
    }

    pub(crate) fn devices(&self) -> &DeviceSecrets {
        &self.devices
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

    /// Examines the answer to a challenge of a second factor whose kind has the identifier of this provider, such as a
    /// passkey. `state` is what the challenge was begun with.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine_factor(
        &self,
        identity: AuthIdentityId,
        state: Vec<u8>,
        answer: &Map<String, Json>,
    ) -> Result<Result<MfaProof, FactorRejected>, Error> {
        self.module.examine_sign_in_answer(identity, self.provider, state, answer).await
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
