//! The pages from outside: requests and their responses, on both engines. Numbers are those of `security.md`.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed; clippy sees that of `#[test]` functions alone"
)]

mod api_keys;
mod assets;
mod audit;
mod brand;
mod code;
mod confirm;
mod dashboard_path;
mod deliveries;
mod doctor;
mod email;
mod end_to_end;
mod ended;
mod exports;
mod form_problems;
mod forms;
mod home;
mod imports;
mod invites;
mod languages;
mod link;
mod matrix;
mod new_user;
mod once;
mod page_cache;
mod paging;
mod passkeys;
mod posted;
mod profile;
mod public;
mod public_path;
mod roles;
mod settings;
mod snapshots;
mod support;
mod user_filters;
mod users;
mod verify;
mod webhooks;
