//! Hashes that other programs made, checked but never created: an import brings them, the first sign-in replaces them.
//!
//! Each kind has a ceiling for what it may cost, so that a planted hash can take neither gigabytes nor minutes.

mod bcrypt;
mod firebase;
mod ldap;
mod pbkdf2;
mod phpass;
mod scrypt;
mod sha_crypt;
#[cfg(test)]
mod tests;
mod wordpress;

use self::bcrypt::Bcrypt;
use self::firebase::Firebase;
use self::ldap::Ldap;
use self::pbkdf2::Pbkdf2;
use self::phpass::Phpass;
use self::scrypt::Scrypt;
use self::sha_crypt::ShaCrypt;
use self::wordpress::WordPress;

#[derive(Clone)]
pub(super) enum ForeignHash {
    Bcrypt(Bcrypt),
    Firebase(Firebase),
    Ldap(Ldap),
    Pbkdf2(Pbkdf2),
    Phpass(Phpass),
    Scrypt(Scrypt),
    ShaCrypt(ShaCrypt),
    WordPress(WordPress),
}

impl ForeignHash {
    /// Parses any of the kinds; `None` for anything else, and for what is damaged or costs too much.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Bcrypt::parse(text)
            .map(Self::Bcrypt)
            .or_else(|| Pbkdf2::parse(text).map(Self::Pbkdf2))
            .or_else(|| Phpass::parse(text).map(Self::Phpass))
            .or_else(|| WordPress::parse(text).map(Self::WordPress))
            .or_else(|| Ldap::parse(text).map(Self::Ldap))
            .or_else(|| ShaCrypt::parse(text).map(Self::ShaCrypt))
            .or_else(|| Scrypt::parse(text).map(Self::Scrypt))
            .or_else(|| Firebase::parse(text).map(Self::Firebase))
    }

    /// Whether it is the hash of `password`; `None` if that could not be computed.
    pub(super) fn matches(&self, password: &str) -> Option<bool> {
        match self {
            Self::Bcrypt(hash) => Some(hash.matches(password.as_bytes())),
            Self::Firebase(hash) => hash.matches(password.as_bytes()),
            Self::Ldap(hash) => Some(hash.matches(password.as_bytes())),
            Self::Pbkdf2(hash) => Some(hash.matches(password.as_bytes())),
            Self::Phpass(hash) => Some(hash.matches(password.as_bytes())),
            Self::Scrypt(hash) => hash.matches(password),
            Self::ShaCrypt(hash) => hash.matches(password.as_bytes()),
            Self::WordPress(hash) => hash.matches(password),
        }
    }
}

/// A byte for each six bits, as `crypt` and its relatives write them: the lowest bits first.
fn write_crypt_base64(text: &mut String, value: u32, digits: u32) {
    const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for digit in 0..digits {
        let index = usize::try_from((value >> (6 * digit)) & 63).unwrap_or_default();
        text.push(ALPHABET.get(index).copied().map_or('.', char::from));
    }
}

/// The value of a digit of `crypt`'s alphabet.
fn crypt_digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'.' => 0,
        b'/' => 1,
        b'0'..=b'9' => byte - b'0' + 2,
        b'A'..=b'Z' => byte - b'A' + 12,
        b'a'..=b'z' => byte - b'a' + 38,
        _ => return None,
    })
}
