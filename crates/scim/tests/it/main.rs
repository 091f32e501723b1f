//! SCIM from outside: requests of directories and their responses, on both engines. Numbers are those of `security.md`.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod bulk;
mod dialects;
mod discovery;
mod groups;
mod lists;
mod security;
mod sign_in;
mod support;
mod users;
mod versions;
