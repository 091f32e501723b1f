//! What must be remembered while a sign-in is at its provider, and forgotten when it comes back.
//!
//! A row in the database, because another process may get the callback. The state that the provider sends back is 256
//! random bits, of which the database holds a hash; what the row remembers is sealed. It is taken by one statement: of
//! any number of callbacks at once, on any number of processes, one gets it (security.md 2). Only the browser that began
//! the sign-in can take it, so that no one can be signed in to another user's account by a link (RFC 9700 4.7).

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vestibule_database::{Error, Transaction, transaction, values};

use crate::AuthModule;

/// How long a sign-in may be at its provider.
pub const PROVIDER_STATE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How long a browser has to answer a challenge of a sign-in.
pub const CEREMONY_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Which browser a request comes from. Printed without the secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Browser {
    /// The client is a program that keeps no cookies. A sign-in that it begins cannot be completed in a browser.
    #[default]
    None,
    /// The browser whose cookie holds this secret.
    Known(String),
    /// A browser without the cookie: it has begun no sign-in.
    Unknown,
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Known(_) => "Known(…)",
            Self::Unknown => "Unknown",
        })
    }
}

/// What a provider remembers of a sign-in. Printed without its values.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderState {
    /// What the provider repeats in its ID token (OpenID Connect Core 3.1.2.1).
    pub nonce: Option<String>,
    /// The secret of which the provider has received a hash (PKCE, RFC 7636).
    pub pkce_verifier: Option<String>,
    /// The URL to which the provider sends the browser back: the exchange of the code repeats it.
    pub callback_url: Option<String>,
    /// Where the browser continues after the sign-in.
    pub continue_to: Option<String>,
    /// What a challenge for the browser was begun with.
    #[serde(default)]
    pub ceremony: Option<Vec<u8>>,
}

impl fmt::Debug for ProviderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderState(…)")
    }
}

/// The states of one provider, for one type of actors and one browser.
pub struct ProviderStates<'a> {
    module: &'a AuthModule,
    provider: &'a str,
    actor_type: &'a str,
    browser: &'a Browser,
}

impl AuthModule {
    /// The states of a provider, for actors of this type in this browser.
    pub fn provider_states<'a>(
        &'a self,
        provider: &'a str,
        actor_type: &'a str,
        browser: &'a Browser,
    ) -> ProviderStates<'a> {
        ProviderStates { module: self, provider, actor_type, browser }
    }
}

impl ProviderStates<'_> {
    /// Remembers a sign-in for ten minutes, and returns the state to send to the provider.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Other`] for [`Browser::Unknown`], which could never take it.
    pub async fn create(&self, remember: &ProviderState) -> Result<String, Error> {
        self.create_for(remember, PROVIDER_STATE_LIFETIME).await
    }

    /// The same, for another time.
    ///
    /// # Errors
    ///
    /// As for [`ProviderStates::create`].
    pub async fn create_for(&self, remember: &ProviderState, lifetime: Duration) -> Result<String, Error> {
        self.remember(remember, lifetime).await
    }

    /// The same for any value.
    pub(crate) async fn remember(&self, remember: &impl Serialize, lifetime: Duration) -> Result<String, Error> {
        let browser = self.browser_hash().ok_or_else(|| Error::Other("a sign-in begins without its cookie".into()))?;
        let (environment, now) = (&self.module.environment, self.module.environment.now());
        let state = BASE64.encode(environment.random_bytes::<32>());
        let hash = hash(&state);
        let plain = serde_json::to_vec(remember).map_err(|error| Error::Other(error.into()))?;
        let sealed = self.module.options.sealing_key.seal(environment, &place(&hash), &plain);
        let expires_at = now + lifetime;
        transaction!(self.module.database, |transaction| {
            let text = "INSERT INTO auth_provider_states
                            (hash, provider, actor_type, browser_hash, sealed, expires_at, created_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let values =
                values![hash, self.provider, self.actor_type, browser.as_slice(), sealed.as_slice(), expires_at, now];
            transaction.execute_pipelined(text, values).await
        })?;
        Ok(state)
    }

    /// Takes what was remembered under this state. Returns nothing where the state was taken before, has expired, or
    /// belongs to another provider, type of actors or browser; only its own browser uses it up.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Other`] where it was sealed with another secret.
    pub async fn take(&self, state: &str) -> Result<Option<ProviderState>, Error> {
        self.take_as(state).await
    }

    /// The same for any value.
    pub(super) async fn take_as<T: DeserializeOwned>(&self, state: &str) -> Result<Option<T>, Error> {
        let taken =
            transaction!(self.module.database, |transaction| self.take_sealed_within(transaction, state).await)?;
        // Opened afterwards: also one that cannot be opened is used up.
        taken.map(|(hash, sealed)| self.opened(&hash, &sealed)).transpose()
    }

    /// The same within a transaction.
    pub(crate) async fn take_within<T: DeserializeOwned>(
        &self,
        transaction: &mut Transaction,
        state: &str,
    ) -> Result<Option<T>, Error> {
        let taken = self.take_sealed_within(transaction, state).await?;
        taken.map(|(hash, sealed)| self.opened(&hash, &sealed)).transpose()
    }

    async fn take_sealed_within(
        &self,
        transaction: &mut Transaction,
        state: &str,
    ) -> Result<Option<([u8; 32], Vec<u8>)>, Error> {
        let Some(browser) = self.browser_hash() else { return Ok(None) };
        let (hash, now) = (hash(state), self.module.environment.now());
        let text = "DELETE FROM auth_provider_states
                    WHERE hash = $1 AND provider = $2 AND actor_type = $3 AND browser_hash = $4 AND expires_at > $5
                    RETURNING sealed";
        let values = values![hash, self.provider, self.actor_type, browser.as_slice(), now];
        let sealed: Option<Vec<u8>> = transaction.query_scalar_optional(text, values).await?;
        Ok(sealed.map(|sealed| (hash, sealed)))
    }

    /// Reads what was remembered under this state, and leaves it there.
    pub(crate) async fn find<T: DeserializeOwned>(&self, state: &str) -> Result<Option<T>, Error> {
        let Some(browser) = self.browser_hash() else { return Ok(None) };
        let (hash, now) = (hash(state), self.module.environment.now());
        let text = "SELECT sealed FROM auth_provider_states
                    WHERE hash = $1 AND provider = $2 AND actor_type = $3 AND browser_hash = $4 AND expires_at > $5";
        let values = values![hash, self.provider, self.actor_type, browser.as_slice(), now];
        let sealed: Option<Vec<u8>> = self.module.database.query_scalar_optional(text, values).await?;
        sealed.map(|sealed| self.opened(&hash, &sealed)).transpose()
    }

    /// A name for a state that gives nothing away.
    pub(super) fn key(&self, state: &str) -> String {
        BASE64.encode(hash(state))
    }

    fn opened<T: DeserializeOwned>(&self, hash: &[u8; 32], sealed: &[u8]) -> Result<T, Error> {
        let plain = self.module.options.sealing_key.open(&place(hash), sealed);
        let plain = plain.map_err(|error| Error::Other(error.into()))?;
        serde_json::from_slice(&plain).map_err(|error| Error::Other(error.into()))
    }

    /// What the row holds of the browser; nothing for one that is unknown.
    fn browser_hash(&self) -> Option<Vec<u8>> {
        match self.browser {
            Browser::None => Some(Vec::new()),
            Browser::Known(secret) => Some(hash(secret).to_vec()),
            Browser::Unknown => None,
        }
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A sealed value is opened in its own row alone.
fn place(hash: &[u8; 32]) -> String {
    format!("provider state {}", BASE64.encode(hash))
}
