//! The seam from outside: what holds on SQLite holds on PostgreSQL (architecture.md, "The database seam").
//!
//! Modules mirror `src`. A test named in `on_both_engines!` runs on both engines, on an empty database each.

mod config;
mod database;
mod error;
mod list;
mod migrations;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod support;
mod transaction;
