//! The providers from outside, on both engines, against providers in memory. Numbers are those of `security.md`.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod algorithms;
mod callback_url;
mod claims;
mod documents;
mod email;
mod github;
mod google;
mod identities;
mod keys;
mod mutated;
mod requests;
mod second_factor;
mod state;
mod support;
mod variants;
