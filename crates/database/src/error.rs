//! The failures of a statement that a caller can act on.

use std::time::Duration;

use vestibule_core::DomainError;

/// An error of the database.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum Error {
    /// A unique constraint is violated. It is named after its table and columns on both engines:
    /// `users_email_canonical`.
    #[error("unique constraint {constraint} is violated")]
    #[kind(Conflict)]
    Unique {
        /// Table and columns, joined by `_`.
        constraint: String,
    },
    /// A row that is referred to does not exist, or is still referred to.
    #[error("a foreign key is violated")]
    #[kind(Internal)]
    ForeignKey(#[source] Cause),
    /// The database is unreachable, overloaded, full or busy: the same may succeed later.
    #[error("the database is not available at the moment")]
    #[kind(Unavailable, retry_after = Duration::from_secs(2))]
    Unavailable(#[source] Cause),
    /// Everything else: a bug.
    #[error("the database failed")]
    #[kind(Internal)]
    Other(#[source] Cause),
}

/// The driver's error. Logged, never sent.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

impl Error {
    /// Whether this is a violation of the unique constraint of this name.
    pub fn is_unique(&self, name: &str) -> bool {
        matches!(self, Self::Unique { constraint } if constraint == name)
    }

    /// The driver's message, with every cause: for a log or an operator, not for a client.
    pub fn causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// Whether waiting may help a program that starts: PostgreSQL did not respond, is starting, or is not the primary yet. Not
    /// where it refuses the user, or has no such database.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(cause) if crate::postgres::is_outage(cause.as_ref()))
    }

    pub(crate) fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }

    pub(crate) fn other(cause: impl Into<Cause>) -> Self {
        Self::Other(cause.into())
    }
}
