//! Roles.

mod create;
mod delete;
mod list;
mod parents;
mod policies;
mod update;
