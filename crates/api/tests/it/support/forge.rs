//! Tokens that Vestibule did not issue.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value as Json;
use sha2::{Sha256, Sha384, Sha512};

pub(crate) use super::app::SECRET;

/// The claims of a token, without a check of its signature.
pub(crate) fn claims(token: &str) -> Json {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// A token with this header, signed with our own secret by the algorithm that the header names; unsigned where it names
/// another one.
pub(crate) fn token(header: &Json, claims: &Json) -> String {
    signed_with(SECRET, header, &claims.to_string())
}

/// The same with another secret, and claims that may be invalid JSON.
pub(crate) fn signed_with(secret: &[u8], header: &Json, claims: &str) -> String {
    let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims));
    let signature = match header["alg"].as_str().unwrap_or("HS256") {
        "HS256" => mac::<Hmac<Sha256>>(secret, &signed),
        "HS384" => mac::<Hmac<Sha384>>(secret, &signed),
        "HS512" => mac::<Hmac<Sha512>>(secret, &signed),
        _ => Vec::new(),
    };
    format!("{signed}.{}", BASE64.encode(signature))
}

fn mac<M: Mac + KeyInit>(secret: &[u8], text: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(secret).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
