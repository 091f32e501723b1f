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
    /// Its name in rows, and the method by which challenges are answered: `totp`. It never changes, and is a word
    /// without spaces.
    fn identifier(&self) -> &str;

    /// Makes a factor's secret.
    ///
    /// # Errors
    ///
    /// [`MfaRefused`], in the provider's own words.
    async fn start(&self, start: &MfaStart<'_>) -> Result<MfaSecret, MfaRefused>;

    /// Whether a code is right at this moment, and of which step. Only a step after `last_step` counts: that is the
    /// last one whose code was used, and none is used twice (RFC 6238 5.2). A provider whose codes know no time counts
    /// them.
    async fn verify(&self, secret: &[u8], code: &str, now: Timestamp, last_step: i64) -> Option<i64>;
}

/// What a provider is told of a factor that begins.
#[derive(Debug)]
pub struct MfaStart<'a> {
    /// What its owner calls it.
    pub label: &'a str,
    /// Who asks for the codes: what an authenticator app shows.
    pub issuer: &'a str,
    /// Time and chance.
    pub environment: &'a Environment,
}

/// What a provider has made. Printed without any of it.
pub struct MfaSecret {
    /// What [`MfaProvider::verify`] needs. Kept sealed.
    pub kept: Zeroizing<Vec<u8>>,
    /// What its owner is shown this once: fields of the answer.
    pub shown: Map<String, Json>,
}

impl fmt::Debug for MfaSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaSecret").finish_non_exhaustive()
    }
}

/// Why a provider has made nothing, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MfaRefused(pub String);
