//! Vestibule: where people come into a system. Create users, invite them, let them sign in, manage them.
//!
//! Three ways in:
//! - **embed it**: [`Vestibule`] opens a database and hands out the services, [`Vestibule::router`] the routes,
//!   [`Vestibule::dashboard`] the pages;
//!   see `examples/seed.rs` and `examples/embed.rs`
//! - **run it**: the program of the same name, in the crate `vestibule-cli`
//! - **call it**: the JSON API, wire-compatible with Medusa's User and Auth modules, see [`api`]
//!
//! The modules are crates of their own, named here for who wants one of them alone.

mod open;

pub use open::{OpenError, Options, Vestibule};
#[cfg(feature = "api")]
pub use vestibule_api as api;
pub use vestibule_audit as audit;
pub use vestibule_auth as auth;
pub use vestibule_core as core;
#[cfg(feature = "dashboard")]
pub use vestibule_dashboard as dashboard;
pub use vestibule_database as database;
pub use vestibule_flows as flows;
pub use vestibule_mail as mail;
pub use vestibule_notify as notify;
pub use vestibule_outbox as outbox;
pub use vestibule_rbac as rbac;
#[cfg(feature = "web")]
pub use vestibule_server as server;
pub use vestibule_user as user;
#[cfg(feature = "web")]
pub use vestibule_web as web;
pub use vestibule_webhook as webhook;
