//! Resource, operation, and the key that consists of both.

use vestibule_core::DomainError;

/// The longest resource or operation, in bytes.
const MAX_PART: usize = 64;

/// A key, a resource or an operation that is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
pub enum InvalidKey {
    /// Neither `*` nor letters, digits, `_`, `-` and `.`.
    #[error("{field} must be * or at most 64 letters, digits, and the characters _ - .")]
    #[kind(InvalidData, code = "policy_key_invalid")]
    Part {
        /// `resource` or `operation`.
        field: &'static str,
    },
    /// The key contradicts resource and operation, which would mislead readers.
    #[error("The key of this policy must be its resource and operation: {key}")]
    #[kind(InvalidData, code = "policy_key_invalid")]
    Mismatch {
        /// What the key must be.
        key: String,
    },
    /// No colon.
    #[error("key must be a resource and an operation, joined by a colon")]
    #[kind(InvalidData, code = "policy_key_invalid")]
    NoColon,
}

/// What a policy allows, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) resource: String,
    pub(super) operation: String,
}

impl Key {
    pub(super) fn new(resource: &str, operation: &str) -> Result<Self, InvalidKey> {
        Ok(Self { resource: part("resource", resource)?, operation: part("operation", operation)? })
    }

    pub(super) fn parse(key: &str) -> Result<Self, InvalidKey> {
        let (resource, operation) = key.split_once(':').ok_or(InvalidKey::NoColon)?;
        Self::new(resource, operation)
    }

    pub(super) fn text(&self) -> String {
        format!("{}:{}", self.resource, self.operation)
    }

    /// Refuses a key that contradicts resource and operation.
    pub(super) fn check(&self, key: &str) -> Result<(), InvalidKey> {
        let own = self.text();
        if key.to_ascii_lowercase() == own { Ok(()) } else { Err(InvalidKey::Mismatch { key: own }) }
    }
}

fn part(field: &'static str, text: &str) -> Result<String, InvalidKey> {
    let is_word = (1..=MAX_PART).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if text == "*" || is_word { Ok(text.to_ascii_lowercase()) } else { Err(InvalidKey::Part { field }) }
}
