//! `/admin`

mod audit;
mod api_keys;
mod invites;
mod rbac;
mod users;
