//! The HTTP server in front of the routes: sockets and middleware. It knows no route.
//!
//! ```
//! use axum::Router;
//! use axum::body::Body;
//! use axum::http::{Request, StatusCode};
//! use axum::routing::get;
//! use tower::ServiceExt;
//! use vestibule_core::Environment;
//! use vestibule_server::{LayerConfig, not_found, with_layers};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let routes = Router::new().route("/books", get(async || "all books")).fallback(not_found);
//! let app = with_layers(routes, &LayerConfig::new(Environment::system()));
//! let request = |path| Request::get(path).header("host", "books.example.com").body(Body::empty());
//! let response = app.clone().oneshot(request("/books")?).await?;
//! assert!(response.headers().contains_key("x-request-id"));
//! let response = app.oneshot(request("/films")?).await?;
//! assert_eq!(response.status(), StatusCode::NOT_FOUND);
//! # Ok(())
//! # }
//! ```
//!
//! - [`serve`]: accepts connections, limits each ([`ServerLimits`]), and stops without breaking a request; [`Served`]: what it
//!   serves, which can be replaced
//! - [`with_layers`]: request id, log, panics, size of bodies, same-origin proof, CORS, security headers, compression
//! - [`RequestId`]: links a log line to a response; [`ClientAddress`]: where a request comes from
//! - [`CompressedOnce`]: an extension of responses that are sent repeatedly
//! - [`PageRefusal`]: a refusal that a page renders
//! - [`not_found`], [`method_not_allowed`]: the responses where no route matches
//!
//! Not here: routes, the caller's identity, and the error bodies of use cases.

mod accept;
mod activity;
mod apply_layer;
mod client_address;
mod compression;
mod connection;
mod cors;
mod error_body;
mod fallbacks;
mod forwarded;
mod host;
mod layers;
mod limits;
mod middleware;
mod open_connections;
mod origin;
mod page_refusal;
mod public_path;
mod receive;
mod request_id;
mod request_log;
mod response_future;
mod same_origin;
mod security_headers;
mod serve;
mod socket;
mod timed_body;

#[cfg(test)]
mod tests;

pub use client_address::{ClientAddress, InvalidNetwork, TrustedProxies};
pub use compression::CompressedOnce;
pub use fallbacks::{method_not_allowed, not_found};
pub use layers::{LayerConfig, with_layers};
pub use limits::ServerLimits;
pub use origin::{InvalidOrigin, Origin};
pub use page_refusal::PageRefusal;
pub use request_id::RequestId;
pub use serve::{Replace, Served, serve};
