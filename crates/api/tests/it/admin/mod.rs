//! `/admin`

mod api_keys;
mod audit;
mod cursor;
mod deliveries;
mod events;
mod exports;
mod invites;
mod long_pages;
mod rbac;
mod users;
mod webhooks;
