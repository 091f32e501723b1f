//! `/admin`

mod audit;
mod invites;
mod users;
