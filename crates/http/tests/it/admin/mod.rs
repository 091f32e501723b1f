//! `/admin`

mod api_keys;
mod invites;
mod users;
