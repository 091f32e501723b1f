//! `/admin`

mod api_keys;
mod audit;
mod deliveries;
mod events;
mod invites;
mod rbac;
mod users;
mod webhooks;
