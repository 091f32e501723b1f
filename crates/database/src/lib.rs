//! One SQL text over two databases: SQLite inside the process, PostgreSQL beside it.
//!
//! ```
//! use vestibule_database::{Config, Database, Migration, Migrations, values};
//!
//! const BOOKS: Migrations = Migrations {
//!     module: "books",
//!     steps: &[Migration { name: "V1__books", sql: "CREATE TABLE books (id TEXT PRIMARY KEY, title TEXT NOT NULL)" }],
//! };
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("books.db");
//! # let path = path.display();
//! let database = Database::open(&Config::from_url(&format!("sqlite://{path}"))?).await?;
//! database.migrate(&[BOOKS]).await?;
//!
//! let mut transaction = database.begin().await?;
//! transaction.execute("INSERT INTO books (id, title) VALUES ($1, $2)", values!["book_1", "Emma"]).await?;
//! transaction.commit().await?;
//!
//! let title: String = database.query_scalar("SELECT title FROM books WHERE id = $1", values!["book_1"]).await?;
//! assert_eq!(title, "Emma");
//! # Ok(())
//! # }
//! ```
//!
//! A statement is written once, with `$1` placeholders; [`Sql`] holds two texts where the engines truly differ. Rows
//! are returned as values of the caller's types ([`FromRow`]), errors as the four kinds a caller can act on
//! ([`Error`]).
//!
//! - [`Database`]: opens either engine, reads, begins transactions, migrates
//! - [`Transaction`], [`transaction!`]: work that is done whole or not at all; dropped means rolled back
//! - [`Connection`]: the database or a transaction, for reads that must work in both
//! - [`list`]: rows by [`Filter`](vestibule_core::Filter), order and page
//! - [`search`]: rows by the words that they contain
//! - [`Migrations`]: creates and changes tables, under a lock
//! - [`Counts`]: how many rows there are, kept by triggers
//! - [`Announcements`]: notifies of commits, also by other processes
//! - [`Walked`]: a table that is examined from its first row to its last
//! - [`Version`]: whether anything was committed since a read, so that it still holds
//!
//! Each engine is a feature, `sqlite` and `postgres`, both on by default. On SQLite, transactions of many callers are committed by one write to the disk (see `sqlite/writer.rs`); on both
//! engines `commit` returns when the data would survive a loss of power. Driver types do not leave this crate.

#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    expect(dead_code, reason = "without a driver, nothing can be opened")
)]

// The code of the derive macros names this crate, also within it.
extern crate self as vestibule_database;

mod announcements;
mod backup;
mod batches;
mod config;
mod counts;
mod database;
mod dump;
mod engine;
mod error;
mod foreign;
mod indexes;
mod insert;
pub mod list;
mod migrations;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(not(feature = "postgres"))]
#[path = "no_postgres.rs"]
mod postgres;
mod reads;
mod row;
pub mod search;
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(not(feature = "sqlite"))]
#[path = "no_sqlite.rs"]
mod sqlite;
mod transaction;
mod version;
mod walk;

pub use announcements::Announcements;
pub use backup::{BackupError, UnusableBackupError, check_backup, restore_backup};
pub use config::{Config, InvalidUrl};
pub use counts::{Counts, WrongCount};
pub use database::{Connection, Database, in_kind};
pub use dump::{ColumnKind, Dumped};
pub use error::{Cause, Error};
pub use migrations::{Migration, MigrationError, MigrationStatus, Migrations};
pub use row::{FromRow, Row};
pub use sql::{Engine, Sql};
pub use transaction::{Retries, Savepoint, Transaction};
pub use version::Version;
pub use vestibule_core::Value;
pub use vestibule_macros::FromRow;
pub use walk::{WALK, Walked};

/// The values of a statement, in the order of its placeholders: `values![id, email.as_str()]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::Value::from($value)),*]
    };
}
