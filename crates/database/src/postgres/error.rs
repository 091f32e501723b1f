//! PostgreSQL's errors, sorted into the kinds that a caller can act on.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::Error;

pub(super) fn from_driver(error: tokio_postgres::Error) -> Error {
    let Some(database) = error.as_db_error() else {
        // Not an answer of the server: the connection was refused, lost, or its TLS failed. A value that could not be
        // bound is a fault of ours.
        return if error.to_string().starts_with("error serializing")
            || error.to_string().starts_with("error deserializing")
        {
            Error::other(error)
        } else {
            Error::unavailable(error)
        };
    };
    let code = database.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return Error::Unique { constraint: database.constraint().unwrap_or_default().to_owned() };
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION {
        return Error::ForeignKey(error.into());
    }
    if is_passing(code) { Error::unavailable(error) } else { Error::other(error) }
}

pub(super) fn from_pool(error: PoolError) -> Error {
    match error {
        PoolError::Backend(error) => from_driver(error),
        error => Error::unavailable(error),
    }
}

/// Whether the same statement may succeed later.
fn is_passing(code: &SqlState) -> bool {
    // 08 connection, 53 insufficient resources, 57 operator intervention (shutdown, timeouts), 40 rollback,
    // 58 system error, 25006 read-only, 25P03 idle in transaction, 55P03 lock not available.
    let class = code.code().get(..2).unwrap_or_default();
    matches!(class, "08" | "53" | "57" | "40" | "58") || matches!(code.code(), "25006" | "25P03" | "55P03")
}

/// Whether the connection is of no more use.
pub(super) fn is_unfit(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(database) => matches!(database.code().code(), "25006" | "25P03" | "57P01" | "57P02" | "57P03"),
        None => true,
    }
}

/// Whether two transactions stood in each other's way.
pub(crate) fn is_conflict(error: &Error) -> bool {
    let Error::Unavailable(cause) = error else { return false };
    cause
        .downcast_ref::<tokio_postgres::Error>()
        .and_then(|error| error.code())
        .is_some_and(|code| *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED)
}
