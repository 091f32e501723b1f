//! The library has the methods of the reference's module interfaces.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod modules;
