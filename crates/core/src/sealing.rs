//! Sealed values: what must be read again later and must not be readable in the database.
//!
//! XChaCha20-Poly1305 with a random nonce in front. Each value is sealed for one place, its `context`: moved to another
//! row or column it cannot be opened.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::{Environment, SigningKey};

const NONCE: usize = 24;

/// The secret by which values are sealed.
#[derive(Clone)]
pub struct SealingKey(XChaCha20Poly1305);

/// Bytes that were not sealed with this key for this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened: it was sealed with another secret")]
pub struct NotOurs;

impl SealingKey {
    /// A key of these 32 bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// The key that follows from the secret that signs tokens, for whoever configures no other one.
    pub fn derived(key: &SigningKey) -> Self {
        Self::new(key.derive("sealing key", ""))
    }

    /// Seals bytes for one place.
    pub fn seal(&self, environment: &Environment, context: &str, bytes: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = environment.random_bytes();
        let payload = Payload { msg: bytes, aad: context.as_bytes() };
        // Fails for what is longer than the cipher can take, 256 GiB: nothing of ours is.
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    ///
    /// [`NotOurs`].
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, NotOurs> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(NotOurs)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| NotOurs)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// security.md 20
    #[test]
    fn opened_only_by_the_same_key_in_the_same_place_and_whole() {
        let environment = Environment::system();
        let key = SealingKey::derived(&SigningKey::new(b"one secret of thirty-two bytes!!"));
        let other = SealingKey::derived(&SigningKey::new(b"another secret"));
        let sealed = key.seal(&environment, "factor 1", b"a secret");
        assert_eq!(key.open("factor 1", &sealed).unwrap(), b"a secret");
        assert_ne!(sealed, key.seal(&environment, "factor 1", b"a secret"));
        assert!(!sealed.windows(8).any(|part| part == b"a secret"));
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap() ^= 1;
        for result in [
            key.open("factor 2", &sealed),
            other.open("factor 1", &sealed),
            key.open("factor 1", &bent),
            key.open("factor 1", &sealed[..sealed.len() - 1]),
            key.open("factor 1", &[]),
        ] {
            assert_eq!(result, Err(NotOurs));
        }
    }
}
