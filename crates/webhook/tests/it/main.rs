//! Webhooks from outside: signatures, destinations and results. The servers run in this process and follow a test's
//! script.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "panics fail the test; clippy knows that only of `#[test]` functions"
)]

mod answers;
mod connections;
mod endpoint;
mod fetch;
mod guard;
mod guarded;
mod libraries;
mod rebinding;
mod secret;
mod server;
mod signature;
mod slow;
mod support;
mod tls;
mod verify;
