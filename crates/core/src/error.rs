//! What can go wrong, in a closed list.
//!
//! Every use case has an error enum of its own; each says which [`ErrorKind`] it is and, where a program must tell
//! two errors of a kind apart, a stable code. The HTTP statuses and the pages follow from these two alone.

use std::time::Duration;

/// The closed list of errors, from the caller's point of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was sent is not valid.
    InvalidData,
    /// It is valid, but not in this state.
    NotAllowed,
    /// Who you are could not be established.
    Unauthorized,
    /// You are known, but may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// Something stands in the way that changed meanwhile.
    Conflict,
    /// There is such a thing already.
    Duplicate,
    /// Too often: try later.
    TooManyRequests,
    /// Something that we depend on is away: try later.
    Unavailable,
    /// Our own fault. The cause is logged, never told.
    Internal,
}

/// An error of a use case.
pub trait DomainError: std::error::Error {
    /// Which of the closed list it is.
    fn kind(&self) -> ErrorKind;

    /// A stable code for programs, where the kind alone is not enough.
    fn code(&self) -> Option<&'static str> {
        None
    }

    /// For [`ErrorKind::TooManyRequests`] and [`ErrorKind::Unavailable`]: when to try again.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use vestibule_macros::DomainError;

    use super::*;

    #[derive(Debug, thiserror::Error, DomainError)]
    #[kind(TooManyRequests, code = "too_often")]
    #[error("too often")]
    struct TooOften {
        retry_after: Duration,
    }

    #[derive(Debug, thiserror::Error, DomainError)]
    enum GreetError {
        #[kind(NotFound)]
        #[error("no {name}")]
        Gone { name: String },
        #[kind(Unavailable, code = "closed", retry_after = Duration::from_hours(1))]
        #[error("closed")]
        Closed,
        #[error(transparent)]
        Named { source: Box<TooOften> },
        #[error(transparent)]
        TooOften(#[from] TooOften),
    }

    #[test]
    fn derived_errors_have_the_kind_and_code_of_the_attribute_or_of_their_field() {
        let minute = Duration::from_mins(1);
        let too_often = || TooOften { retry_after: minute };
        for (error, kind, code, retry_after) in [
            (GreetError::Gone { name: "Ada".into() }, ErrorKind::NotFound, None, None),
            (GreetError::Closed, ErrorKind::Unavailable, Some("closed"), Some(Duration::from_hours(1))),
            (too_often().into(), ErrorKind::TooManyRequests, Some("too_often"), Some(minute)),
            (
                GreetError::Named { source: Box::new(too_often()) },
                ErrorKind::TooManyRequests,
                Some("too_often"),
                Some(minute),
            ),
        ] {
            assert_eq!((error.kind(), error.code(), error.retry_after()), (kind, code, retry_after), "{error}");
        }
    }
}
