//! Webhooks from outside: what is signed, where they go, and what becomes of them. Servers are in this process and do
//! what a test tells them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod answers;
mod connections;
mod endpoint;
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
