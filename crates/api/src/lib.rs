//! The JSON API: the routes of Medusa's User and Auth modules, and some that it lacks.
//!
//! [`router`] is a library of its own: mount it in any axum application, see `examples/embed.rs`. The routes are thin:
//! they read a request, call a flow, and write what came of it.
//!
//! - [`admin`]: users and invites, for those who are in
//! - [`auth`]: registering, signing in, sessions, and invites for those who are not yet
//! - [`health`]: for load balancers; [`openapi`]: for programmers
//! - [`routes`]: the table of the routes. Who may call each is checked by the guard of [`vestibule_web::access`]
//! - `error`: the format of problems
//! - [`request`]: reading bodies and query strings; [`respond`]: writing answers
//! - `batches`: lists whose rows may be large
//!
//! The server in front of them, which accepts connections and bounds what each may cost, is `vestibule_server`.

pub mod admin;
pub mod auth;
mod batches;
mod error;
pub mod health;
mod medusa_admin;
pub mod openapi;
pub mod request;
pub mod respond;
pub mod routes;
mod schemas;

pub use routes::{router, router_for_medusa_admin};
