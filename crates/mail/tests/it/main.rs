//! Mails from outside: their texts, an operator's overrides, and how they are sent.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "panics fail the test; clippy knows that only of `#[test]` functions"
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
