//! The audit log from outside, on both engines. Modules mirror `src`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod delete;
mod list;
mod plans;
mod record;
mod support;
