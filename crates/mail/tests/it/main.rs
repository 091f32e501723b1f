//! Mails from outside: what they say, what an operator may change, and how they leave.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod fake_server;
mod folder;
mod injection;
mod overriding;
mod preview;
mod real_server;
mod rendering;
mod smtp;
mod support;
