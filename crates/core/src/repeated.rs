//! Which of many texts occur more than once.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// Texts that were seen, and those that were seen again. Of each text eight bytes are remembered, so that millions can be
/// compared; in return, one text in a great many may be taken for another: look at those that it names.
///
/// ```
/// let mut repeated = vestibule_core::Repeated::default();
/// for address in ["ada@example.com", "bob@example.com", "ada@example.com"] {
///     repeated.see(address);
/// }
/// assert!(repeated.any() && repeated.may_be("ada@example.com") && !repeated.may_be("bob@example.com"));
/// ```
#[derive(Debug, Default)]
pub struct Repeated {
    hasher: RandomState,
    once: HashSet<u64>,
    again: HashSet<u64>,
}

impl Repeated {
    /// Remembers a text.
    pub fn see(&mut self, text: &str) {
        let hash = self.hasher.hash_one(text);
        if !self.once.insert(hash) {
            self.again.insert(hash);
        }
    }

    /// Whether one may have been seen again.
    pub fn any(&self) -> bool {
        !self.again.is_empty()
    }

    /// Whether this text may have been seen more than once.
    pub fn may_be(&self, text: &str) -> bool {
        self.again.contains(&self.hasher.hash_one(text))
    }
}
