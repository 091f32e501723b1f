//! Sealed values: encrypted in the database, but recoverable.
//!
//! XChaCha20-Poly1305 with a random nonce in front. Each value is bound to a `context`, such as its row and column:
//! elsewhere it cannot be opened.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::{Environment, SigningKey};

const NONCE: usize = 24;

/// The key that seals values.
#[derive(Clone)]
pub struct SealingKey {
    cipher: XChaCha20Poly1305,
    /// For what is never opened, but only compared.
    mac: SigningKey,
}

/// The bytes were not sealed with this key for this context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened: it was sealed with another secret")]
pub struct InvalidSealedValue;

impl SealingKey {
    /// Creates a key of these 32 bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&key.into()), mac: SigningKey::new(&key) }
    }

    /// Derives the key from the secret that signs tokens; the default if no other key is configured.
    pub fn derived(key: &SigningKey) -> Self {
        Self::new(key.derive("sealing key", ""))
    }

    /// Seals bytes for one context.
    pub fn seal(&self, environment: &Environment, context: &str, bytes: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = environment.random_bytes();
        let payload = Payload { msg: bytes, aad: context.as_bytes() };
        // Fails beyond 256 GiB, the cipher's limit; no value is that long.
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Computes a keyed hash of a text, for a context: without the key, a short secret cannot be guessed from it.
    pub fn derive(&self, context: &str, text: &str) -> [u8; 32] {
        self.mac.derive(context, text)
    }

    /// Opens bytes that were sealed for this context.
    ///
    /// # Errors
    ///
    /// [`InvalidSealedValue`] for any other bytes.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, InvalidSealedValue> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(InvalidSealedValue)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| InvalidSealedValue)
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
    fn sealed_values_open_only_with_the_same_key_and_context() {
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
            assert_eq!(result, Err(InvalidSealedValue));
        }
    }
}
