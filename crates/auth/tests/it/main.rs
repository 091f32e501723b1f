//! The Auth Module from outside, on both engines. Modules mirror `src`; numbers are those of `security.md`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod api_keys;
mod attempts;
mod authenticate;
mod change_password;
mod cleanup;
mod devices;
mod handovers;
mod identities;
mod interface;
mod mfa;
mod module;
mod password_reset;
mod passwords;
mod providers;
mod secrets;
mod sessions;
mod support;
mod verification;
