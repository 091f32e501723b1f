//! `/admin`

mod audit;
mod invites;
mod rbac;
mod users;
