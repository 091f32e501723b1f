//! The program from outside: the real binary in a directory of its own, on both engines.
//!
//! - `commands`: each command, its options, what it prints, its exit codes; mirrors `src/commands`
//! - `delivering`: mails and webhooks arrive, whatever breaks on the way
//! - `serving`: a server's life from its first line to its last
//! - `processes`: several servers on one database
//! - `documents`: what `docs` says is so
//! - `faults`: kill -9, a database that goes away, a disk that is full

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
mod faults;
mod processes;
mod serving;
mod support;
