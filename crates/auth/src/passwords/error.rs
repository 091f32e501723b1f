//! Errors of hashing and checking passwords.

use std::time::Duration;

use vestibule_core::DomainError;

use super::MAX_CHARACTERS;

/// A password that was not hashed or not checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum HashingError {
    /// The queue is full. Nothing was done.
    #[error("too many users are signing in at this moment; try again in {} s", retry_after.as_secs())]
    #[kind(TooManyRequests)]
    Busy {
        /// When the present queue is likely to be empty, in whole seconds.
        retry_after: Duration,
    },
    /// More than [`MAX_CHARACTERS`]. Nothing was done.
    #[error("the password is too long: {MAX_CHARACTERS} characters at most")]
    #[kind(InvalidData)]
    TooLong,
    /// The stored text is no hash of a known form, or one that would cost too much.
    #[error("the stored password hash cannot be read; set a new password")]
    #[kind(Internal)]
    Unreadable,
    /// The work ended without a result: a bug, or no memory. The log has the cause.
    #[error("the password could not be processed")]
    #[kind(Internal)]
    Stopped,
}
