//! The JSON API: the routes of Medusa's User and Auth modules, and some that it lacks.
//!
//! [`router`] is a library of its own: mount it in any axum application, see `examples/embed.rs`. The routes are thin:
//! they read a request, call a flow, and write what came of it.
//!
//! - [`admin`]: users and invites, for those who are in
//! - [`auth`]: registering, signing in, sessions, and invites for those who are not yet
//! - [`health`]: for load balancers; [`openapi`]: for programmers
//! - [`routes`]: the table of the routes; [`access`]: who may come to each, and the guard in front of it
//! - [`caller`]: who is behind a request; [`cookies`]: the session's cookie; [`error`]: the one place where errors become statuses
//! - [`request`]: reading bodies and query strings; [`respond`]: writing answers
//! - `batches`: lists whose rows may be large
//! - [`AddressLimit`]: how often one address may knock
//!
//! The server in front of them, which accepts connections and bounds what each may cost, is `vestibule_server`.

pub mod access;
mod address_limit;
pub mod admin;
pub mod api;
pub mod auth;
mod batches;
pub mod caller;
pub mod cookies;
pub mod error;
pub mod health;
mod medusa_admin;
pub mod openapi;
pub mod refused;
pub mod request;
pub mod respond;
pub mod routes;
mod schemas;

pub use address_limit::{AddressLimit, TooManyFromAddress};
pub use api::{Api, Waiting};
pub use error::ApiError;
pub use routes::router;
