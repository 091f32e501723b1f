//! `/admin`

mod api_keys;
mod audit;
mod invites;
mod rbac;
mod users;
