//! Sends events to programs over HTTP, by the Standard Webhooks specification 1.0 (standardwebhooks.com).
//!
//! ```
//! # async fn example(secret: vestibule_webhook::Secret, now: vestibule_core::Timestamp)
//! #     -> Result<(), Box<dyn std::error::Error>> {
//! use vestibule_webhook::{Client, ClientConfig, Endpoint, Message};
//!
//! let client = Client::new(&ClientConfig::default())?;
//! let endpoint: Endpoint = "https://hooks.example.com/vestibule".parse()?;
//! let body = r#"{"type":"user.created","timestamp":"2026-11-22T09:30:00.000Z","data":{}}"#.into();
//! client.send(&Message { endpoint: &endpoint, id: "msg_01J", at: now, secrets: &[secret], body }).await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Secret`]: shared by a receiver and Vestibule
//! - [`sign`], [`verify`]: both ends of a signature
//! - [`Endpoint`]: the destination of a webhook
//! - [`AddressGuard`]: which addresses may be connected to
//! - [`Resolver`]: resolves host names
//! - [`Client`]: sends a message once, and reports what to do after a failure
//!
//! Not here: which events go to which endpoint, and when a delivery is tried again (`notify`). No database.

mod address;
mod answer;
mod body;
mod client;
mod config;
mod connector;
mod endpoint;
mod failure_reason;
mod fetch;
mod guard;
mod reason;
mod resolver;
mod retry_after;
mod secret;
mod signature;
mod stream;
mod tls;
mod verify;

pub use address::AddressKind;
pub use answer::{Answer, Failure, Then};
pub use client::{Client, Message};
pub use config::{ClientConfig, ClientError};
pub use endpoint::{Endpoint, InvalidEndpoint};
pub use fetch::FetchError;
pub use guard::{AddressGuard, Refusal};
pub use reason::Reason;
pub use resolver::{Resolver, SystemResolver};
pub use secret::{InvalidSecret, Secret};
pub use signature::sign;
pub use verify::{Signed, TOLERANCE, Unverified, verify};
