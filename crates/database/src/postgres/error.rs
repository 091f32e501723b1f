//! PostgreSQL's errors, sorted into the kinds that a caller can act on.

use std::error::Error as _;
use std::io;

use deadpool_postgres::{PoolError, TimeoutType};
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
    if is_temporary(code) { Error::unavailable(error) } else { Error::other(error) }
}

/// The name of the constraint; of a primary key, which PostgreSQL calls `users_pkey`, that of table and columns.
fn constraint_name(error: &DbError) -> String {
    let (name, table) = (error.constraint().unwrap_or_default(), error.table().unwrap_or_default());
    // "Key (id)=(user_01J…) already exists.", in any language.
    let columns =
        error.detail().and_then(|detail| detail.split_once('(')?.1.split_once(")=")).map(|(columns, _)| columns);
    match columns {
        Some(columns) if name.strip_prefix(table) == Some("_pkey") => {
            format!("{table}_{}", columns.replace(", ", "_"))
        }
        _ => name.to_owned(),
    }
}

/// For an error that is no response of the server: whether the connection was refused or lost, or its TLS failed.
/// Otherwise it is a bug: a value that cannot be bound, or too many of them. Only the driver's texts distinguish them.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    const OURS: [&str; 5] =
        ["error serializing", "error deserializing", "error encoding", "invalid column", "expected "];
    let words = error.to_string();
    !OURS.iter().any(|ours| words.starts_with(ours))
}

/// For a connection that could not be opened. Whatever the server responds, the program may continue when an operator
/// has fixed it: a changed password, a database that accepts no connections. `None` if no server responded.
pub(super) fn from_connect(error: Option<tokio_postgres::Error>) -> Error {
    match error {
        None => Error::unavailable("no server of the URL responded within database.connect_timeout"),
        Some(error) if is_read_only(&error) => {
            Error::unavailable("the server is read-only, as a standby is, and Vestibule must write")
        }
        Some(error) => Error::unavailable(error),
    }
}

/// Whether a pooler refuses startup options: "unsupported startup parameter: options".
pub(super) fn refuses_options(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| {
        *error.code() == SqlState::PROTOCOL_VIOLATION && error.message().contains("unsupported startup parameter")
    })
}

/// Whether a server was refused because it accepts no writes.
pub(super) fn is_read_only(error: &tokio_postgres::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::PermissionDenied && cause.raw_os_error().is_none())
}

pub(super) fn from_pool(error: PoolError) -> Error {
    match error {
        PoolError::Backend(error) => from_connect(Some(error)),
        PoolError::Timeout(TimeoutType::Create) => from_connect(None),
        PoolError::Timeout(TimeoutType::Wait) => {
            Error::unavailable("all connections are in use, and none became free within database.acquire_timeout")
        }
        error => Error::unavailable(error),
    }
}

/// Whether the same statement may succeed later
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn is_temporary(code: &SqlState) -> bool {
    match code.code().split_at_checked(2) {
        // Connection, rollback because of others, resources, an operator's intervention (shutdown, timeouts), the
        // system around the server.
        Some(("08" | "40" | "53" | "57" | "58", _)) => true,
        // Read-only; a transaction that was idle or took too long.
        Some(("25", "006" | "P03" | "P04")) => true,
        // Not in the state for it (no connections accepted, starting), in use, locked.
        Some(("55", "000" | "006" | "P03")) => true,
        _ => false,
    }
}

/// Whether the connection is no longer usable.
pub(super) fn is_unfit(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error().map(|error| error.code().code()) {
        // Read-only, ended by the server, or by a pooler in between.
        Some(code) => {
            matches!(code, "25006" | "25P03" | "25P04" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05")
                || code.starts_with("08")
        }
        None => is_lost(error),
    }
}

/// Whether a prepared statement is gone from the server (a pooler's `DISCARD ALL`), is another one's, or no longer fits its
/// tables, so that the statement was refused before it did anything.
pub(super) fn is_stale(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| match error.code().code() {
        // Unknown; the name is in use.
        "26000" | "42P05" => true,
        // PostgreSQL has no code of its own for it, but the routine is the same in every language.
        "0A000" => error.routine() == Some("RevalidateCachedQuery"),
        _ => false,
    })
}

/// Whether PostgreSQL, which could not be used, may be usable soon without anyone's help.
pub(crate) fn is_outage(cause: &(dyn std::error::Error + 'static)) -> bool {
    let code = cause.downcast_ref::<tokio_postgres::Error>().and_then(|error| error.code());
    // Authorization, unknown database, rights.
    !code.is_some_and(|code| ["28", "3D", "42"].iter().any(|class| code.code().starts_with(class)))
}

/// Whether two transactions conflict.
pub(crate) fn is_conflict(error: &Error) -> bool {
    let Error::Unavailable(cause) = error else { return false };
    cause
        .downcast_ref::<tokio_postgres::Error>()
        .and_then(|error| error.code())
        .is_some_and(|code| *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED)
}
