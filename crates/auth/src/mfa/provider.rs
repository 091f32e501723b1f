//! Methods that pass a challenge, and kinds of second factors: each is a pair of ceremonies.
//!
//! A ceremony begins with what the browser needs, and finishes by checking what the browser sends. In between the module
//! keeps the ceremony's state, sealed. Ceremonies use no database: counting attempts, expiry, and that an answer counts
//! once, is the module's part.

use std::fmt;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use vestibule_core::{Environment, Timestamp};
use zeroize::Zeroizing;

use crate::AuthIdentityId;

/// A method that passes a challenge: a kind of second factor, or what stands in for one.
#[async_trait]
pub trait MfaMethod: Send + Sync + 'static {
    /// Its name in rows and challenges: `totp`. It never changes, and is a word without spaces.
    fn identifier(&self) -> &str;

    /// Begins a challenge, which any of these factors can answer. Returns nothing if the browser needs nothing to answer
    /// it, as with a code. It is called within a transaction, and therefore waits for nothing.
    fn begin_challenge(&self, _factors: &[StoredFactor], _environment: &Environment) -> Option<MfaCeremony> {
        None
    }

    /// Finishes a challenge. Returns the index of the factor that the answer proves, and the use of it.
    ///
    /// # Errors
    ///
    /// [`MfaRejection`].
    async fn finish_challenge(
        &self,
        challenge: &BegunChallenge<'_>,
        answer: MfaAnswer<'_>,
    ) -> Result<(usize, MfaUse), MfaRejection>;
}

/// A kind of second factor. Implement it to add one, and give it to
/// [`AuthModule::with_mfa_provider`](crate::AuthModule::with_mfa_provider).
#[async_trait]
pub trait MfaProvider: MfaMethod {
    /// The name of a factor to which its owner gives none.
    fn default_name(&self) -> &str {
        self.identifier()
    }

    /// Whether starting a factor ends the pending ones of its kind: what the browser has received for them is replaced.
    fn replaces_pending(&self) -> bool {
        false
    }

    /// The entity id by which the provider of the same identifier finds the owner of a factor with this data; nothing if the
    /// factor signs no one in on its own. Its owner has that sign-in method as long as such a factor is enabled.
    fn sign_in_entity(&self, _data: &[u8]) -> Option<String> {
        None
    }

    /// Begins a factor.
    ///
    /// # Errors
    ///
    /// [`MfaRefused`], with the provider's message.
    async fn begin_enrolment(&self, start: &MfaStart<'_>) -> Result<MfaCeremony, MfaRefused>;

    /// Finishes a factor, if the answer proves that its owner has it.
    async fn finish_enrolment(&self, state: &[u8], answer: MfaAnswer<'_>, now: Timestamp) -> Option<MfaUse>;
}

/// What a provider needs to begin a factor.
#[derive(Debug)]
pub struct MfaStart<'a> {
    /// The identity that starts it.
    pub auth_identity_id: AuthIdentityId,
    /// The account that an authenticator app displays.
    pub label: &'a str,
    /// The owner's address, or the identity's id without one: what a browser displays.
    pub account: &'a str,
    /// The issuer that an authenticator app displays.
    pub issuer: &'a str,
    /// The enabled factors of this kind that the owner has already.
    pub factors: &'a [StoredFactor],
    /// Time and randomness.
    pub environment: &'a Environment,
}

/// The beginning of a ceremony. Printed without any of it.
pub struct MfaCeremony {
    /// What the end of the ceremony needs. Stored sealed.
    pub state: Zeroizing<Vec<u8>>,
    /// What the browser needs. The owner of a new factor receives it once, as fields of the response.
    pub browser: Map<String, Json>,
}

/// A challenge that a method has begun.
#[derive(Debug)]
pub struct BegunChallenge<'a> {
    /// The enabled factors of this method.
    pub factors: &'a [StoredFactor],
    /// What [`MfaMethod::begin_challenge`] has returned; nothing if it returned nothing, or if the answer belongs to no
    /// challenge, as a code that confirms a change does.
    pub state: Option<&'a [u8]>,
    /// The present time.
    pub now: Timestamp,
}

/// A factor as its provider has stored it. Printed without the data.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFactor {
    /// The data: that of the last [`MfaUse`] that had any, or else the state of its enrolment.
    pub data: Zeroizing<Vec<u8>>,
    /// The number of its last use; 0 before the first.
    pub last_use: i64,
}

/// A use of a factor: an answer that is right. Printed without the data.
#[derive(Clone, PartialEq, Eq)]
pub struct MfaUse {
    /// The number of this use. The answer counts only while it is greater than that of the last use, so that none counts
    /// twice. TOTP has the step of time (RFC 6238 5.2); a provider without such a number counts.
    pub number: i64,
    /// The new data of the factor, if it changes.
    pub data: Option<Zeroizing<Vec<u8>>>,
    /// What its owner and administrators can see of the factor, if it changes.
    pub details: Option<Map<String, Json>>,
}

/// Why an answer proves no factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MfaRejection {
    /// It is wrong, too late, or was used already.
    Wrong,
    /// It names a credential that none of these factors has.
    Unknown,
    /// It is a right answer of the factor of this index whose counter has gone back: there may be a copy of the
    /// authenticator (WebAuthn 3, 7.2, step 22).
    CounterWentBack(usize),
}

/// What the browser sends. Printed without it.
#[derive(Clone, Copy, PartialEq)]
pub enum MfaAnswer<'a> {
    /// A code, as it was typed.
    Code(&'a str),
    /// A JSON object of the provider's own, such as the credential of a passkey.
    Json(&'a Map<String, Json>),
}

impl<'a> MfaAnswer<'a> {
    /// The code, if it is one.
    pub fn code(self) -> Option<&'a str> {
        match self {
            Self::Code(code) => Some(code),
            Self::Json(_) => None,
        }
    }
}

impl<'a> From<&'a str> for MfaAnswer<'a> {
    fn from(code: &'a str) -> Self {
        Self::Code(code)
    }
}

impl<'a> From<&'a String> for MfaAnswer<'a> {
    fn from(code: &'a String) -> Self {
        Self::Code(code)
    }
}

impl<'a> From<&'a Map<String, Json>> for MfaAnswer<'a> {
    fn from(answer: &'a Map<String, Json>) -> Self {
        Self::Json(answer)
    }
}

macro_rules! printed_by_name {
    ($($type:ident $([$lifetime:lifetime])?),*) => {
        $(impl fmt::Debug for $type$(<$lifetime>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        })*
    };
}

printed_by_name!(MfaCeremony, StoredFactor, MfaUse, MfaAnswer['_]);

/// Why a provider has created nothing, with its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MfaRefused(pub String);
