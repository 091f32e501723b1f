//! What everything served over HTTP shares: the JSON API, the pages, and what an embedder adds beside them.
//!
//! - [`Web`]: the state: flows, webhooks, deliveries, and how requests are served
//! - [`access`]: who may call a route, and the guard in front of its handler
//! - [`caller`]: who a request comes from, and the extractors that give it to a handler
//! - [`cookies`]: the cookie of a session, and the one by which a browser is recognised
//! - [`AddressLimit`]: how many requests one client address may make where something can be guessed
//! - [`Problem`]: an error with its status. The crate that serves the response chooses its format
//!
//! Not here: routes and pages, and the server that accepts connections (`vestibule_server`).

pub mod access;
mod address_limit;
pub mod caller;
pub mod cookies;
mod problem;
mod refused;
mod state;

pub use address_limit::{AddressLimit, TooManyFromAddress};
pub use problem::Problem;
pub use refused::is_recorded_refusal;
pub use state::{State, Waiting, Web};
