//! The token of an API key.

use std::fmt;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use vestibule_core::Environment;

use super::ApiKeyKind;

/// How many hex digits follow: 256 bits.
const DIGITS: usize = 64;

/// A key's token: `sk_`, or `pk_` of a publishable key, and 64 hex digits. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyToken(String);

impl ApiKeyToken {
    /// Generates a token.
    pub(super) fn new(environment: &Environment, kind: ApiKeyKind) -> Self {
        let mut text = kind.prefix().to_owned();
        for byte in environment.random_bytes::<{ DIGITS / 2 }>() {
            // Writing to a String cannot fail.
            _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// The token itself, for the caller who receives it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The part that is displayed later, as in the reference: its first and its last three digits. They are 24 of 256
    /// bits.
    pub fn redacted(&self) -> String {
        redacted(&self.0)
    }

    /// The hash by which the database finds a secret key.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// The visible part of a token.
pub(super) fn redacted(token: &str) -> String {
    let (first, last) = (token.get(..6).unwrap_or_default(), token.get(token.len().saturating_sub(3)..));
    format!("{first}***{}", last.unwrap_or_default())
}

impl fmt::Debug for ApiKeyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyToken(…)")
    }
}

/// The hash of a secret key; `None` if the text has not the form of one, so that none is looked up.
pub fn api_key_hash(text: &str) -> Option<[u8; 32]> {
    hash_of(text, ApiKeyKind::Secret)
}

/// The same for the key of a directory.
pub fn scim_key_hash(text: &str) -> Option<[u8; 32]> {
    hash_of(text, ApiKeyKind::Scim)
}

fn hash_of(text: &str, kind: ApiKeyKind) -> Option<[u8; 32]> {
    let digits = text.strip_prefix(kind.prefix())?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (digits.len() == DIGITS && digits.bytes().all(is_digit)).then(|| Sha256::digest(text.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// security.md 1 and 31
    #[test]
    fn a_key_has_256_random_bits_and_is_not_printed() {
        let environment = Environment::system();
        let [one, other] = [(), ()].map(|()| ApiKeyToken::new(&environment, ApiKeyKind::Secret));
        assert_ne!(one, other);
        assert_eq!(one.reveal().len(), 67);
        assert!(api_key_hash(one.reveal()).is_some());
        assert_eq!(format!("{one:?} {one:#?}"), "ApiKeyToken(…) ApiKeyToken(…)");
        let (redacted, text) = (one.redacted(), one.reveal());
        assert_eq!(redacted, format!("{}***{}", text.split_at(6).0, text.split_at(64).1));
    }

    #[test]
    fn what_has_another_form_is_no_key() {
        let digits = "0123456789abcdef".repeat(4);
        assert!(api_key_hash(&format!("sk_{digits}")).is_some());
        for text in [
            String::new(),
            "sk_".to_owned(),
            digits.clone(),
            format!("pk_{digits}"),
            format!("SK_{digits}"),
            format!("sk_{}", digits.to_uppercase()),
            format!("sk_{digits}0"),
            format!("sk_{}", digits.split_at(1).1),
            format!("sk_{}g", digits.split_at(1).1),
            format!(" sk_{digits}"),
            format!("sk_{}\0", digits.split_at(1).1),
        ] {
            assert_eq!(api_key_hash(&text), None, "{text:?}");
        }
    }
}
