//! Kinds of errors: a closed list.
//!
//! Every use case has an error enum; each variant has an [`ErrorKind`] and, where programs must distinguish two errors
//! of a kind, a stable code. HTTP statuses and pages follow from these two.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

/// What an error is about, as data: a page matches on its type and writes it in the reader's language.
pub type ErrorDetail = Arc<dyn Any + Send + Sync>;

/// The kinds of errors, from the caller's point of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The input is not valid.
    InvalidData,
    /// The input is valid, but not in the current state.
    NotAllowed,
    /// The caller's identity could not be established.
    Unauthorized,
    /// The caller is known, but may not do this.
    Forbidden,
    /// The thing does not exist.
    NotFound,
    /// A conflict with a concurrent change.
    Conflict,
    /// The thing exists already.
    Duplicate,
    /// Too many requests: try later.
    TooManyRequests,
    /// A dependency, such as the database, is unavailable: try later.
    Unavailable,
    /// An internal error. The cause is logged, never sent.
    Internal,
}

/// An error of a use case.
pub trait DomainError: std::error::Error {
    /// Returns the error's kind.
    fn kind(&self) -> ErrorKind;

    /// Returns a stable code for programs, where the kind alone is not enough.
    fn code(&self) -> Option<&'static str> {
        None
    }

    /// Returns the time to wait before trying again, for [`ErrorKind::TooManyRequests`] and [`ErrorKind::Unavailable`].
    fn retry_after(&self) -> Option<Duration> {
        None
    }

    /// Returns what the message has beyond the code, as data: the field that `#[kind(…, detail = …)]` names.
    fn detail(&self) -> Option<ErrorDetail> {
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
        #[kind(Forbidden, code = "banned", detail = of)]
        #[error("banned, {of:?} before {by}")]
        Banned { by: String, of: Vec<String> },
        #[kind(InvalidData, detail = 0)]
        #[error("{0}")]
        Number(u32),
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

    #[test]
    fn the_detail_is_the_named_field() {
        let banned = GreetError::Banned { by: "Ada".into(), of: vec!["Bob".into()] };
        let detail = banned.detail().unwrap();
        assert_eq!(detail.downcast_ref::<Vec<String>>().unwrap(), &["Bob"]);
        assert_eq!(GreetError::Number(7).detail().unwrap().downcast_ref::<u32>(), Some(&7));
        assert!(GreetError::Closed.detail().is_none() && GreetError::Gone { name: "Ada".into() }.detail().is_none());
        let outer: GreetError = TooOften { retry_after: Duration::ZERO }.into();
        assert!(outer.detail().is_none(), "asked of the field");
    }
}
