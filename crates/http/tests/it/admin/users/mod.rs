//! `/admin/users`

mod auth_providers;
mod create;
mod delete;
mod list;
mod me;
mod retrieve;
mod roles;
mod update;
