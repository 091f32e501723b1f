//! The receiver's end: verifies that a message is recent and comes from a holder of the secret.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use hmac::Mac;
use vestibule_core::Timestamp;

use crate::Secret;
use crate::signature::{VERSION, code};

/// How far the sender's and the receiver's clocks may differ; older messages may be replays (Standard Webhooks 1.0,
/// "Verifying signatures"). The specification leaves the length to the receiver; its libraries use five minutes.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// A message as received.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The header `webhook-id`.
    pub id: &'a str,
    /// The header `webhook-timestamp`: seconds since 1970-01-01T00:00:00Z.
    pub timestamp: &'a str,
    /// The header `webhook-signature`.
    pub signature: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Why a message is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The timestamp is not a number of seconds.
    #[error("webhook-timestamp is not a number of seconds")]
    Timestamp,
    /// It was sent more than [`TOLERANCE`] ago.
    #[error("the message is older than five minutes")]
    TooOld,
    /// It was sent more than [`TOLERANCE`] in the future.
    #[error("the message is more than five minutes in the future: compare the clocks")]
    TooNew,
    /// No signature has a known version.
    #[error("webhook-signature contains no signature that begins with v1,")]
    NoSignature,
    /// No signature was made with one of the secrets.
    #[error("the message was signed with another secret, or was changed in transit")]
    Mismatch,
}

/// Verifies a message in constant time (Standard Webhooks 1.0, "Verifying signatures").
///
/// - `secrets`: one of them must have signed it
/// - `now`: the current time
///
/// Returns the time at which it was sent. The caller checks whether its id has been seen before.
///
/// # Errors
///
/// [`Unverified`], for the receiver's log: the response to the sender should be just 401.
pub fn verify(secrets: &[Secret], message: &Signed<'_>, now: Timestamp) -> Result<Timestamp, Unverified> {
    let at = seconds(message.timestamp)?;
    if now.since(at) > TOLERANCE {
        return Err(Unverified::TooOld);
    }
    if at.since(now) > TOLERANCE {
        return Err(Unverified::TooNew);
    }
    let mut found = false;
    for signature in message.signature.split(' ').filter_map(|one| one.strip_prefix(VERSION)?.strip_prefix(',')) {
        found = true;
        let Ok(signature) = BASE64.decode(signature) else { continue };
        let is_by = |secret| code(secret, message.id, at, message.body).verify_slice(&signature).is_ok();
        if secrets.iter().any(is_by) {
            return Ok(at);
        }
    }
    Err(if found { Unverified::Mismatch } else { Unverified::NoSignature })
}

/// Accepts digits only: the number is signed, so it must have one spelling.
fn seconds(text: &str) -> Result<Timestamp, Unverified> {
    let seconds: i64 = text.parse().map_err(|_| Unverified::Timestamp)?;
    let at = Timestamp::from_seconds(seconds);
    if at.as_seconds().to_string() == text { Ok(at) } else { Err(Unverified::Timestamp) }
}
