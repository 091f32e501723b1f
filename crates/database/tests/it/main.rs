//! The seam from outside: what holds on SQLite holds on PostgreSQL (architecture.md, "The database seam").
//!
//! Modules mirror `src`. A test named in `on_both_engines!` runs on both engines, on an empty database each.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod announcements;
mod config;
mod database;
mod derive;
mod error;
mod list;
mod migrations;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod support;
mod tables;
mod transaction;
mod version;
