//! The receiver's end: is this message from who holds the secret, and is it of now?

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use hmac::Mac;
use vestibule_core::Timestamp;

use crate::Secret;
use crate::signature::{VERSION, code};

/// How far the sender's clock may be from the receiver's: what is older may be a replay (Standard Webhooks 1.0,
/// "Verifying signatures"). The specification leaves the length to the receiver; its libraries take five minutes.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// A message as it arrived.
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

/// Why a message is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The timestamp is not a number of seconds.
    #[error("webhook-timestamp is not a number of seconds")]
    Timestamp,
    /// It was sent more than [`TOLERANCE`] ago.
    #[error("the message is older than five minutes")]
    TooOld,
    /// It was sent more than [`TOLERANCE`] from now.
    #[error("the message is of more than five minutes ahead: compare the clocks")]
    TooNew,
    /// There is no signature of a version that is known here.
    #[error("webhook-signature holds no signature that begins with v1,")]
    NoSignature,
    /// No signature is by one of the secrets.
    #[error("the message was signed with another secret, or was changed on its way")]
    Mismatch,
}

/// Verifies a message in constant time (Standard Webhooks 1.0, "Verifying signatures").
///
/// - `secrets`: those of which one must have signed it
/// - `now`: the present moment
///
/// Returns the moment when it was sent. Whether its id has been seen before is the caller's to know.
///
/// # Errors
///
/// [`Unverified`], which is for the receiver's log: a sender should hear no more than 401.
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

/// Reads digits only: what is signed is the number, so it must have one spelling.
fn seconds(text: &str) -> Result<Timestamp, Unverified> {
    let seconds: i64 = text.parse().map_err(|_| Unverified::Timestamp)?;
    let at = Timestamp::from_seconds(seconds);
    if at.as_seconds().to_string() == text { Ok(at) } else { Err(Unverified::Timestamp) }
}
