//! Sends events to programs over HTTP, by the Standard Webhooks specification 1.0 (standardwebhooks.com).
//!
//! ```
//! use vestibule_core::Timestamp;
//! use vestibule_webhook::{Secret, Signed, Unverified, sign, verify};
//!
//! let secrets = [Secret::from_bytes([7; 32])];
//! let (id, body, now) = ("msg_01J", br#"{"type":"user.created","data":{}}"#, Timestamp::from_seconds(1_795_000_000));
//! let signature = sign(&secrets, id, now, body);
//!
//! // What a receiver does. `Client` sends a message.
//! let message = Signed { id, timestamp: "1795000000", signature: &signature, body };
//! assert_eq!(verify(&secrets, &message, now), Ok(now));
//! let forged = Signed { body: b"{}", ..message };
//! assert_eq!(verify(&secrets, &forged, now), Err(Unverified::Mismatch));
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
