//! The flows from outside, on both engines. Modules mirror `src`; numbers are those of `security.md`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod api_keys;
mod callers;
mod consistency;
mod email_change;
mod exports;
mod invites;
mod passwords;
mod roles;
mod secrets;
mod sessions;
mod sign_in;
mod support;
mod users;
