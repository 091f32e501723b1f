//! Kinds of second factors.

use std::fmt;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use vestibule_core::{Environment, Timestamp};
use zeroize::Zeroizing;

/// A kind of second factor. Implement it to add one, and give it to
/// [`AuthModule::with_mfa_provider`](crate::AuthModule::with_mfa_provider).
#[async_trait]
pub trait MfaProvider: Send + Sync + 'static {
    /// Its name in rows, and the method of challenges: `totp`. It never changes, and is a word without spaces.
    fn identifier(&self) -> &str;

    /// Creates a factor's secret.
    ///
    /// # Errors
    ///
    /// [`MfaRefused`], with the provider's message.
    async fn start(&self, start: &MfaStart<'_>) -> Result<MfaSecret, MfaRefused>;

    /// Whether a code is right at this moment, and of which step. Only a step after `last_step` counts: that is the
    /// last one whose code was used, and none is used twice (RFC 6238 5.2). A provider whose codes know no time counts
    /// them.
    async fn verify(&self, secret: &[u8], code: &str, now: Timestamp, last_step: i64) -> Option<i64>;
}

/// What a provider needs to create a factor.
#[derive(Debug)]
pub struct MfaStart<'a> {
    /// The owner's name for it.
    pub label: &'a str,
    /// The issuer that an authenticator app displays.
    pub issuer: &'a str,
    /// Time and randomness.
    pub environment: &'a Environment,
}

/// A new factor of a provider. Printed without any of it.
pub struct MfaSecret {
    /// The secret that [`MfaProvider::verify`] needs. Stored sealed.
    pub secret: Zeroizing<Vec<u8>>,
    /// What its owner receives once: fields of the response.
    pub enrolment: Map<String, Json>,
}

impl fmt::Debug for MfaSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaSecret").finish_non_exhaustive()
    }
}

/// Why a provider has created nothing, with its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MfaRefused(pub String);
