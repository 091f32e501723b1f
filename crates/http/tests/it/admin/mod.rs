//! `/admin`

mod invites;
mod users;
