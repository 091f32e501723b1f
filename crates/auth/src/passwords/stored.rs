//! A stored hash, in any of the known forms.

use super::argon2id::{Argon2Hash, Recipe};
use super::foreign::ForeignHash;
use super::memory::Memory;
use super::scrypt_kdf::ScryptKdf;

/// The longest text that is parsed at all, in bytes. The longest hash that is accepted has some 330.
const MAX_LENGTH: usize = 512;

#[derive(Clone)]
pub(super) enum StoredHash {
    Argon2(Argon2Hash),
    ScryptKdf(ScryptKdf),
    Foreign(ForeignHash),
}

impl StoredHash {
    /// Parses any form; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let own = || Argon2Hash::parse(text).map(Self::Argon2);
        let reference = || ScryptKdf::parse(text).map(Self::ScryptKdf);
        own().or_else(reference).or_else(|| ForeignHash::parse(text).map(Self::Foreign))
    }

    /// Whether it is the hash of `password`; `None` if that could not be computed.
    pub(super) fn matches(&self, password: &str, memory: &mut Memory) -> Option<bool> {
        match self {
            Self::Argon2(hash) => hash.matches(password.as_bytes(), memory),
            Self::ScryptKdf(hash) => hash.matches(password.as_bytes()),
            Self::Foreign(hash) => hash.matches(password),
        }
    }

    /// Whether `recipe` would produce it today.
    pub(super) fn is_made_by(&self, recipe: &Recipe) -> bool {
        match self {
            Self::Argon2(hash) => hash.is_made_by(recipe),
            Self::ScryptKdf(_) | Self::Foreign(_) => false,
        }
    }
}
