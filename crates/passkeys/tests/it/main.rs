//! The ceremonies without a database, on what an authenticator in memory answers. What needs accounts is tested through
//! the API (`api/tests/it/auth/passkeys.rs`). Numbers are those of `security.md`.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod judged;
mod mutated;
mod site;
mod support;
