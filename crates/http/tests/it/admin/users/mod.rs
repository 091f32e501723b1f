//! `/admin/users`

mod auth_providers;
mod create;
mod delete;
mod list;
mod me;
mod reset_password;
mod retrieve;
mod update;
