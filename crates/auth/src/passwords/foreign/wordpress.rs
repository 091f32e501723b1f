//! WordPress since 6.8: `$wp` and the bcrypt hash of the base64 of HMAC-SHA-384, so that all of a long password counts
//! (`wp_hash_password`). WordPress takes the blanks off both ends of a password first.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use zeroize::Zeroizing;

use super::bcrypt::Bcrypt;

#[derive(Clone)]
pub(in super::super) struct WordPress(Bcrypt);

impl WordPress {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Bcrypt::parse(text.strip_prefix("$wp")?).map(Self)
    }

    /// Whether it is the hash of `password`; `None` if that could not be computed.
    pub(super) fn matches(&self, password: &str) -> Option<bool> {
        // PHP's `trim`.
        let password = password.trim_matches([' ', '\t', '\n', '\r', '\0', '\u{b}']);
        let mut mac = Hmac::<Sha384>::new_from_slice(b"wp-sha384").ok()?;
        mac.update(password.as_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(mac.finalize().into_bytes()));
        Some(self.0.matches(encoded.as_bytes()))
    }
}
