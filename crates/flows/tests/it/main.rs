//! The flows from outside, on both engines. Modules mirror `src`; numbers are those of `security.md`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod accept_invite;
mod api_keys;
mod attempts;
mod consistency;
mod create_user_account;
mod first_user;
mod identify;
mod invite;
mod lock_user;
mod password_reset;
mod people;
mod preview_invite;
mod remove_user_account;
mod renew_invite;
mod roles;
mod secrets;
mod sessions;
mod sign_in;
mod support;
