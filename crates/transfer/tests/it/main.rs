//! Imports on both engines, from files that the other programs have made.
//!
//! - `passwords`: each kind of hash signs in once, and is ours afterwards
//! - `moving`: what is exported is read back
//! - `runs`: conflicts, dry runs, repetition, interruption, undoing
//! - `sources`: a file or database of each program: users, passwords, second factors, roles, what is left out
//! - `bad_files`: what is no file of its kind changes nothing

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod bad_files;
mod moving;
mod passwords;
mod runs;
mod sources;
mod support;
