//! `/admin/users`

mod auth_providers;
mod create;
mod delete;
mod list;
mod me;
mod mfa;
mod retrieve;
mod update;
