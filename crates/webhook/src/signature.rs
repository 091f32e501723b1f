//! The signature of a message.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use vestibule_core::Timestamp;

use crate::Secret;

/// The prefix of every HMAC-SHA256 signature.
pub(crate) const VERSION: &str = "v1";

/// Returns the value of the header `webhook-signature` (Standard Webhooks 1.0, "Signature scheme").
///
/// - `secrets`: each makes one signature; several during a rotation, so that a receiver can switch at any time
/// - `id`: the message's, the same for each attempt
/// - `at`: the time of this attempt, signed in whole seconds
/// - `body`: the bytes as they are sent
///
/// The result is `v1,BASE64` for each secret, in their order, separated by spaces.
pub fn sign(secrets: &[Secret], id: &str, at: Timestamp, body: &[u8]) -> String {
    let mut signatures = String::new();
    for secret in secrets {
        if !signatures.is_empty() {
            signatures.push(' ');
        }
        signatures.push_str(VERSION);
        signatures.push(',');
        BASE64.encode_string(code(secret, id, at, body).finalize().into_bytes(), &mut signatures);
    }
    signatures
}

/// Computes the code over `{id}.{seconds}.{body}`.
pub(crate) fn code(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length, so this cannot fail; an empty key would be the harmless fallback.
    let mut mac = Hmac::new_from_slice(secret.bytes()).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(id.as_bytes());
    mac.update(format!(".{}.", at.as_seconds()).as_bytes());
    mac.update(body);
    mac
}
