//! The JSON API: the routes of Medusa's User and Auth modules, and some that it lacks.
//!
//! Mount [`router`] in any axum application, see `examples/embed.rs`. The routes are thin: they read a request, call a
//! flow, and write the result.
//!
//! - [`admin`]: users and invites, for signed-in callers
//! - [`auth`]: registration, sign-in, sessions, and invites for invited people without an account
//! - [`health`]: for load balancers; [`openapi`]: for programmers
//! - [`routes`]: the table of routes. The guard of [`vestibule_web::access`] checks who may call each
//! - `error`: the format of problems
//! - [`request`]: reads bodies and query strings; `respond`: writes responses, under the names of `resources`
//! - `batches`: lists whose rows may be large
//!
//! Not here: the server that accepts and limits connections (`vestibule_server`).

mod admin;
mod auth;
mod batches;
mod error;
mod health;
mod medusa_admin;
pub mod openapi;
mod request;
mod resources;
mod respond;
pub mod routes;

pub use routes::{router, router_for_medusa_admin};
