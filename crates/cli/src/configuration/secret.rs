//! The secrets that sign tokens and encrypt second factors: never displayed, never weak (security.md 14).

use std::fmt;

/// The fewest bytes of a secret (RFC 7518 3.2: as many as the hash of HS256).
pub const SHORTEST: usize = 32;

/// The fewest different bytes, and the fewest characters outside common words, of a secret. 16 random bytes in
/// hexadecimal have fewer about once in 26 million times.
const FEWEST_DIFFERENT: usize = 8;
const FEWEST_BESIDE_WORDS: usize = 16;

/// Words of which examples in documentation are made, longer ones before those that they contain. Shorter words would
/// occur in random text, too.
const WORDS: &str = "supersecret changethis changeme password passphrase development production placeholder vestibule \
    insecure replace example default medusa string random secret change should please token admin least \
    local this that your long test bits jwt key";

/// A secret strong enough to sign or encrypt with. `Debug` and `Display` hide it.
#[derive(Clone, PartialEq, Eq)]
pub struct StrongSecret(String);

/// The weakness of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// Fewer than [`SHORTEST`] bytes.
    #[error("has {0} bytes and needs {SHORTEST}")]
    Short(usize),
    /// One character, or a few, over and over.
    #[error("only repeats itself")]
    Repetitive,
    /// Words, as in documentation and tutorials.
    #[error("is made of well-known words")]
    WellKnown,
}

impl StrongSecret {
    /// Uses `text` byte by byte as a secret; nothing is trimmed or decoded.
    ///
    /// # Errors
    ///
    /// [`WeakSecret`] with the weakness.
    pub fn new(text: &str) -> Result<Self, WeakSecret> {
        if beside_words(text) < FEWEST_BESIDE_WORDS.min(text.len().div_ceil(2)) {
            return Err(WeakSecret::WellKnown);
        }
        if text.is_empty() {
            return Err(WeakSecret::Short(0));
        }
        if repeats(text.as_bytes()) {
            return Err(WeakSecret::Repetitive);
        }
        if text.len() < SHORTEST {
            return Err(WeakSecret::Short(text.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the key. Neither log nor print it.
    pub fn reveal(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for StrongSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StrongSecret(set)")
    }
}

impl fmt::Display for StrongSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("set")
    }
}

/// Returns how many characters remain without common words, spaces and punctuation.
fn beside_words(text: &str) -> usize {
    let lower = text.to_lowercase();
    let rest = WORDS.split_whitespace().fold(lower, |rest, word| rest.replace(word, " "));
    rest.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Returns whether `bytes` consists of few different ones, or of a repeated part.
fn repeats(bytes: &[u8]) -> bool {
    let different: std::collections::BTreeSet<u8> = bytes.iter().copied().collect();
    let over_and_over = |part: usize| bytes.iter().skip(part).eq(bytes.iter().take(bytes.len() - part));
    different.len() < FEWEST_DIFFERENT || (1..=bytes.len() / 2).any(over_and_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_secrets_are_refused_with_the_reason() {
        use WeakSecret::*;
        for (text, weakness) in [
            ("supersecret", WellKnown),
            ("secret", WellKnown),
            ("changeme", WellKnown),
            ("password", WellKnown),
            ("your-secret", WellKnown),
            ("your-256-bit-secret", WellKnown),
            ("a-string-secret-at-least-256-bits-long", WellKnown),
            ("SuperSecretSuperSecretSuperSecret", WellKnown),
            ("thisIsASecretKeyThatShouldBeChanged!", WellKnown),
            ("please_change_me_please_change_me_please", WellKnown),
            ("--------------------------------", WellKnown),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Repetitive),
            ("0101010101010101010101010101010101010101", Repetitive),
            ("correcthorsecorrecthorsecorrecthorse", Repetitive),
            ("", Short(0)),
            ("kJ8s0Vq2mXz7Lw4T", Short(16)),
            ("kJ8s0Vq2mXz7Lw4TbN6yRfGhPdC3aE9", Short(31)),
        ] {
            assert_eq!(StrongSecret::new(text), Err(weakness), "{text:?}");
        }
    }

    #[test]
    fn random_secrets_pass() {
        for text in [
            "kJ8s0Vq2mXz7Lw4TbN6yRfGhPdC3aE9u",
            "5f2c9a0e7b1d4836c8e2f19a07b5d364",
            "FJ0v4Q7y5o2n1mZ8+u3Xc6bLr/9sTdWqEaPkHgYiUxNfVjBCzMOwRtDlSeGA",
            "çà et là, quatre-vingt-dix-neuf éléphants dansaient",
        ] {
            assert_eq!(StrongSecret::new(text).map(|secret| secret.reveal().to_vec()), Ok(text.as_bytes().to_vec()));
        }
    }

    #[test]
    fn secrets_are_never_displayed() {
        let secret = StrongSecret::new("kJ8s0Vq2mXz7Lw4TbN6yRfGhPdC3aE9u").unwrap();
        assert_eq!(format!("{secret:?} {secret}"), "StrongSecret(set) set");
    }
}
