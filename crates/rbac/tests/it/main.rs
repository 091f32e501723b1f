//! Roles and policies from outside, on both engines. Modules mirror `src`; numbers are those of `security.md`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod assignments;
mod builtin;
mod counts;
mod explain;
mod policies;
mod roles;
mod subjects;
mod support;
mod upgrade;
