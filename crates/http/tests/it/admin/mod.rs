//! `/admin`

mod audit;
mod api_keys;
mod invites;
mod users;
