//! Deliveries from outside, on both engines. Modules mirror `src`; numbers are those of `security.md`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod letter;
mod mailed;
mod plans;
mod posted;
mod relay;
mod scene;
mod support;
