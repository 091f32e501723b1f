//! Users with their identities, roles and sessions.

mod attempts;
mod create;
mod first;
mod list;
mod lock;
mod remove;
