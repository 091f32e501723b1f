//! The secret that a receiver and Vestibule share.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use zeroize::{Zeroize, Zeroizing};

/// The prefix of every secret (Standard Webhooks 1.0, "Signature scheme").
const PREFIX: &str = "whsec_";
/// The length of a secret in bytes (same source).
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret of 24 to 64 bytes that signs messages.
///
/// `Debug` hides it, and it is wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// Why a text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// It has another prefix.
    #[error("a webhook's secret begins with whsec_")]
    Prefix,
    /// What follows is not base64.
    #[error("a webhook's secret is whsec_ and base64 of the standard alphabet")]
    Base64,
    /// It is too short or too long.
    #[error("a webhook's secret is whsec_ and base64 of 24 to 64 bytes")]
    Length,
}

impl Secret {
    /// Creates a secret of these bytes, which must come from a cryptographic source.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let secret = Self(Zeroizing::new(bytes.to_vec()));
        bytes.zeroize();
        secret
    }

    /// Parses `whsec_` and base64 of 24 to 64 bytes.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`], which says what would be valid and never contains the text.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret::Prefix)?;
        let bytes = Zeroizing::new(BASE64.decode(encoded).map_err(|_| InvalidSecret::Base64)?);
        if LENGTHS.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(InvalidSecret::Length) }
    }

    /// Returns the text that a receiver configures, `whsec_…`. The caller must wipe it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(self.0.as_slice()))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
