//! The program from outside: the real binary in its own directory, on both engines.
//!
//! - `commands`: each command, its options, output and exit codes; mirrors `src/commands`
//! - `delivering`: mails and webhooks arrive, whatever breaks on the way
//! - `serving`: the lifetime of a server
//! - `processes`: several servers on one database
//! - `documents`: the documents are up to date; `examples`: every public module has one
//! - `faults`: kill -9, an unavailable database, a full disk

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed, and one that measures prints what it found; clippy sees \
              that of `#[test]` functions alone"
)]

mod commands;
mod delivering;
mod documents;
mod examples;
mod faults;
mod growing;
mod plain_english;
mod processes;
mod serving;
mod support;
