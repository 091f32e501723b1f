//! What can go wrong when a password is hashed or checked.

use std::time::Duration;

use vestibule_core::DomainError;

use super::MAX_CHARACTERS;

/// A password that was not hashed or not checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
pub enum HashingError {
    /// As many wait already as may wait. Nothing was done.
    #[error("too many people are signing in at this moment; try again in {} s", retry_after.as_secs())]
    #[kind(TooManyRequests)]
    Busy {
        /// When the present queue is likely to be done, in whole seconds.
        retry_after: Duration,
    },
    /// More than [`MAX_CHARACTERS`]. Nothing was done.
    #[error("the password is too long: {MAX_CHARACTERS} characters at most")]
    #[kind(InvalidData)]
    TooLong,
    /// What is stored is no hash of a known form, or one that would cost more than we are willing to spend.
    #[error("the stored password hash cannot be read; set a new password")]
    #[kind(Internal)]
    Unreadable,
    /// The work ended without a result: a fault of ours, or no memory. The log has the cause.
    #[error("the password could not be processed")]
    #[kind(Internal)]
    Stopped,
}
