//! PostgreSQL's errors, sorted into the kinds that a caller can act on.

use deadpool_postgres::PoolError;
use tokio_postgres::error::{DbError, SqlState};

use crate::Error;

pub(super) fn from_driver(error: tokio_postgres::Error) -> Error {
    let Some(database) = error.as_db_error() else {
        return if is_lost(&error) { Error::unavailable(error) } else { Error::other(error) };
    };
    let code = database.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return Error::Unique { constraint: constraint_name(database) };
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION {
        return Error::ForeignKey(error.into());
    }
    if is_passing(code) { Error::unavailable(error) } else { Error::other(error) }
}

/// The name of the constraint; of a primary key, which PostgreSQL calls `users_pkey`, that of table and columns.
fn constraint_name(error: &DbError) -> String {
    let (name, table) = (error.constraint().unwrap_or_default(), error.table().unwrap_or_default());
    // "Key (id)=(user_01J…) already exists.", in whichever language.
    let columns =
        error.detail().and_then(|detail| detail.split_once('(')?.1.split_once(")=")).map(|(columns, _)| columns);
    match columns {
        Some(columns) if name.strip_prefix(table) == Some("_pkey") => {
            format!("{table}_{}", columns.replace(", ", "_"))
        }
        _ => name.to_owned(),
    }
}

/// Of an error that is not an answer of the server: whether the connection was refused or lost, or its TLS failed. Else
/// the fault is ours: a value that cannot be bound, or too many of them. The driver tells the two apart by its words.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    const OURS: [&str; 5] =
        ["error serializing", "error deserializing", "error encoding", "invalid column", "expected "];
    let words = error.to_string();
    !OURS.iter().any(|ours| words.starts_with(ours))
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
        None => is_lost(error),
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
